package dev.graft.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Graft;
import dev.graft.cli.GraftHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The {@code graft} command as a process of its own, as the launcher starts it.
 *
 * @param home its {@code GRAFT_HOME}; the downloads and models in it are those of this machine's own
 */
record Command(Path home) {
    private static final long LONGEST_MINUTES = 12;

    /**
     * How it ended.
     *
     * @param out what it printed
     * @param err what it told beside
     */
    record Ended(int code, String out, String err) {
        JsonNode json() throws IOException {
            return Web.JSON.readTree(out);
        }
    }

    static Command in(Path home) throws IOException {
        GraftHome own = GraftHome.current();
        share(own.models(), home.resolve("models"));
        for (String part : List.of("reviews", "llama-0.5.0")) {
            share(own.cache().resolve(part), home.resolve("cache").resolve(part));
        }
        return new Command(home);
    }

    private static void share(Path target, Path link) throws IOException {
        if (!Files.exists(link)) {
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, target.toAbsolutePath());
        }
    }

    Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dgraft.home=" + home,
                "-Dgraft.root=" + GraftHome.findRoot().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Graft.class.getName()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(home, "command", ".out");
        Path err = Files.createTempFile(home, "command", ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IllegalStateException(String.join(" ", arguments) + " did not end; it told: " + read(err));
        }
        return new Ended(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
