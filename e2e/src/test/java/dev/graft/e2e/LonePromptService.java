package dev.graft.e2e;

import dev.graft.cli.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A prompt-service of its own beside the shared stack, at the same broker: its home is a folder that it shares with nobody. */
final class LonePromptService implements AutoCloseable {
    private static final Path SERVICE =
            Path.of("../prompt-service").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Path log;
    private final Web web;

    private LonePromptService(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.web = new Web("http://127.0.0.1:" + port);
    }

    /** @param settings system properties, such as {@code graft.database.url=…} */
    static LonePromptService start(RunningStack stack, Path home, String... settings)
            throws IOException, InterruptedException {
        int port = Ports.free().prompt();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.add("@" + SERVICE.resolve("jvm.options"));
        command.add("-XX:SharedArchiveFile=" + home.resolve("prompt.jsa"));
        command.add("-Xlog:disable");
        command.add("-Dgraft.home=" + home);
        command.add("-Dquarkus.http.port=" + port);
        command.add("-Dgraft.kafka.bootstrap=" + stack.bootstrapServers());
        for (String setting : settings) {
            command.add("-D" + setting);
        }
        command.add("-jar");
        command.add(SERVICE.resolve("target/quarkus-app/quarkus-run.jar").toString());
        Path log = home.resolve("prompt.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var service = new LonePromptService(process, log, port);
        try {
            service.awaitReady();
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            service.close();
            throw e;
        }
        return service;
    }

    Web web() {
        return web;
    }

    /** SIGTERM, and then until it has ended. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new AssertionError("prompt-service is not ready:\n" + Files.readString(log));
            }
            Thread.sleep(100);
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return web.get("/health/ready").status() == 200;
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
