package dev.graft.bench.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The peer: {@code llama-server} on the very libraries that Graft runs, with its own defaults but for what makes the two alike. */
public final class LlamaServer {
    /** Builds it where it is not built yet (minutes, once). */
    public static Running start(Machine machine) throws IOException, InterruptedException {
        return start(machine, List.of());
    }

    /** @param more options of its own */
    public static Running start(Machine machine, List<String> more) throws IOException, InterruptedException {
        int port = Running.freePort();
        List<String> command = new ArrayList<>(List.of(
                build(machine).toString(),
                "-m",
                machine.model().toString(),
                "-t",
                String.valueOf(Machine.THREADS),
                "-tb",
                String.valueOf(Machine.THREADS),
                "-np",
                String.valueOf(Machine.SLOTS),
                "-c",
                String.valueOf(Machine.CONTEXT_TOKENS),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port)));
        command.addAll(more);
        return Running.start(command, port, "/health", machine.log("llama-server"));
    }

    private static Path build(Machine machine) throws IOException, InterruptedException {
        ProcessBuilder script = new ProcessBuilder(
                        machine.root().resolve("bench/llama-server/build.sh").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        script.environment().put("GRAFT_HOME", machine.home().toString());
        Process build = script.start();
        String binary = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (build.waitFor() != 0) {
            throw new IllegalStateException("llama-server could not be built: see above");
        }
        return Path.of(binary);
    }

    private LlamaServer() {}
}
