package dev.graft.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.GraftHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher's own search for tools where there are none; apt is replaced by a program that installs what it is told to. */
class AFreshMachineGetsWhatItLacksTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private record Ended(int code, String output) {}

    @BeforeEach
    void anEmptyMachine() throws IOException {
        for (String name :
                List.of("sed", "tail", "sleep", "env", "dirname", "readlink", "cat", "mkdir", "chmod", "touch")) {
            program(name, "exec /usr/bin/" + name + " \"$@\"");
        }
        program("id", "echo 0");
        Files.createDirectories(folder.resolve("home/logs"));
    }

    @Test
    void itIsInstalledInOneGoTheJdkTooThoughAptHadNoListsYet() throws Exception {
        apt();
        Ended ended = findTools("mvn", "g++", "git");
        assertThat(ended.output())
                .as("exit code " + ended.code())
                .contains("installing by apt: maven g++ git openjdk-25-jdk-headless");
        assertThat(ended.code()).isZero();
        assertThat(ended.output()).endsWith("found " + folder.resolve("jdk/25") + "\n");
    }

    @Test
    void whoIsNotRootIsToldTheExactCommand() throws Exception {
        apt();
        program("id", "echo 1000");
        Ended ended = findTools("mvn", "python3");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .contains("installing them needs root")
                .contains("sudo apt-get update && sudo apt-get install -y maven python3 python3-pip python3-venv");
        assertThat(folder.resolve("apt.called")).doesNotExist();
    }

    @Test
    void anOldJdkIsNamedAndPassedOver() throws Exception {
        jdk("17");
        Ended ended = findTools();
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .contains("Java 25 is needed; found only older ones: " + folder.resolve("jdk/17") + " (17)")
                .contains("no JDK 25 was found")
                .contains("set JAVA_HOME");
    }

    @Test
    void aNewerJdkIsTaken() throws Exception {
        jdk("17");
        jdk("26");
        assertThat(findTools().output()).endsWith("found " + folder.resolve("jdk/26") + "\n");
    }

    /** Knows of a JDK only once its lists were read. */
    private void apt() throws IOException {
        program("apt-cache", "[ -f " + folder + "/lists ] && echo '  Candidate: 25.0.1'");
        program(
                "apt-get",
                "touch " + folder + "/apt.called",
                "[ \"$1\" = update ] && { touch " + folder + "/lists; exit 0; }",
                "case \"$*\" in *openjdk-25*)",
                "  mkdir -p " + folder + "/jdk/25/bin; touch " + folder + "/jdk/25/bin/java " + folder
                        + "/jdk/25/bin/javac",
                "  chmod +x " + folder + "/jdk/25/bin/*; echo 'JAVA_VERSION=\"25.0.1\"' >" + folder
                        + "/jdk/25/release ;;",
                "esac");
    }

    private void jdk(String major) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("jdk").resolve(major).resolve("bin"));
        for (String name : List.of("java", "javac")) {
            executable(Files.writeString(bin.resolve(name), ""));
        }
        Files.writeString(bin.resolveSibling("release"), "JAVA_VERSION=\"" + major + ".0.1\"\n");
    }

    private void program(String name, String... lines) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        executable(Files.writeString(bin.resolve(name), "#!/bin/bash\n" + String.join("\n", lines) + "\n"));
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended findTools(String... tools) throws IOException, InterruptedException {
        Path launcher = GraftHome.findRoot().orElseThrow().resolve("launcher");
        String script = "set -euo pipefail; . " + launcher + "/say.sh; . " + launcher + "/tools.sh; JDK_FOLDERS=("
                + folder + "/jdk/*); find_tools " + String.join(" ", tools) + "; echo \"found $JAVA_HOME\"";
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", "-c", script).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("PATH", folder.resolve("bin").toString());
        builder.environment().put("GRAFT_HOME", folder.resolve("home").toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
