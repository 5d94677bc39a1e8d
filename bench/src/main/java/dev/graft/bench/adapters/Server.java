package dev.graft.bench.adapters;

import dev.graft.bench.client.Http;
import dev.graft.bench.client.Streamed;
import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An inference-service with adapters. */
record Server(Running running) implements AutoCloseable {
    /**
     * With a folder of its own for adapters' files.
     *
     * @param name of this one, where several run
     * @param settings more options of the JVM
     */
    static Server start(Machine machine, AdapterFolder adapters, String name, List<String> settings)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(settings);
        all.add("-Dgraft.adapters.sources=" + adapters.path());
        all.add("-Dgraft.adapters.folder=" + adapters.path().resolve(name));
        return new Server(InferenceService.start(machine, "inference-service-" + name, all));
    }

    /** Registers it and has it live, and loaded here, when this returns. */
    void register(String name, Path file) throws IOException {
        String entry = done(running.http()
                .post(
                        "/v1/adapters",
                        "{\"name\":\"" + name + "\",\"source\":\"" + file.toUri() + "\",\"state\":\"live\"}"));
        if (!entry.contains("\"loaded\"")) {
            throw new IllegalStateException(name + " is registered, but not loaded: " + entry);
        }
    }

    void registerAll(List<Path> files) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            register(name(i), files.get(i));
        }
    }

    void retire(String name) throws IOException {
        done(running.http().post("/v1/adapters/" + name + "/retire", "{}"));
    }

    /** What the adapter of this number is called. */
    static String name(int number) {
        return "adapter-" + number;
    }

    Streamed complete(int adapter, String prompt, int tokens) throws IOException {
        return new Completion("\"model\":\"" + name(adapter) + "\"", prompt, tokens).stream(running.http());
    }

    private static String done(Http.Response response) {
        if (response.status() != 200) {
            throw new IllegalStateException("HTTP " + response.status() + ": " + response.body());
        }
        return response.body();
    }

    @Override
    public void close() {
        running.close();
    }
}
