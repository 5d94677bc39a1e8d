package dev.graft.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.GraftHome;
import dev.graft.cli.InferenceClient;
import dev.graft.cli.adapters.BaseFile;
import dev.graft.cli.adapters.LocalFile;
import dev.graft.cli.stack.EndOfProcess;
import dev.graft.contracts.FaultException;
import dev.graft.model.adapter.PeftExport;
import dev.graft.model.adapter.PeftImport;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The adapters that the demo makes for itself, live in the registry until they are closed. Their names and weights are the same each time, so that a
 * demo after this one makes the same generations live again and the registry does not grow.
 */
final class DemoAdapters implements AutoCloseable {
    static final int RANK = 16;
    static final List<String> NAMES = List.of("demo-a", "demo-b", "demo-c");

    private static final String PATH = "/v1/adapters";
    private static final float ALPHA = 16;
    /** Enough for other words, and little enough for sentences. */
    private static final double STRENGTH = 0.05;

    private static final Duration INTERRUPTED_PATIENCE = Duration.ofSeconds(5);

    private final InferenceClient inference;
    private final List<String> live = new ArrayList<>();
    private final EndOfProcess.Task interrupted = EndOfProcess.run(this::retireSoon);
    private boolean closed;

    private DemoAdapters(InferenceClient inference) {
        this.inference = inference;
    }

    /** Makes them and their files, and returns when the service that is asked has them. */
    static DemoAdapters register(InferenceClient inference, BaseFile base) throws IOException, InterruptedException {
        DemoAdapters adapters = new DemoAdapters(inference);
        try {
            for (int i = 0; i < NAMES.size(); i++) {
                adapters.add(NAMES.get(i), file(base, i, GraftHome.current().adapters()));
            }
            return adapters;
        } catch (IOException | InterruptedException | RuntimeException e) {
            adapters.close();
            throw e;
        }
    }

    /** A folder as PEFT saves it, brought here as any other. */
    static LocalFile file(BaseFile base, int seed, Path adapters) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(adapters), ".demo-peft");
        try {
            save(base, seed, folder);
            return LocalFile.made(adapters, file -> PeftImport.write(folder, base.facts(), RANK, file));
        } finally {
            for (String name : PeftImport.FILES) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        }
    }

    /** @param folder gets {@code adapter_model.safetensors} and {@code adapter_config.json} */
    static void save(BaseFile base, int seed, Path folder) throws IOException {
        Path weights = folder.resolve("weights.gguf");
        try {
            new RandomAdapter(Set.of(Target.Q, Target.V), RANK, ALPHA, STRENGTH, seed).writeTo(weights, base.facts());
            PeftExport.write(weights, base.facts(), RANK, folder);
        } finally {
            Files.deleteIfExists(weights);
        }
    }

    private synchronized void add(String name, LocalFile file) throws IOException, InterruptedException {
        if (closed) {
            return; // the command is being interrupted
        }
        live.add(name);
        int known = generation(name, file.sha256());
        if (known > 0) {
            inference.post(PATH + "/" + name + "/promote", Map.of("generation", known));
            return;
        }
        inference.post(
                PATH,
                Map.of(
                        "name",
                        name,
                        "source",
                        file.source().toString(),
                        "sha256",
                        file.sha256(),
                        "lineage",
                        Map.of("recipe", "random weights, for graft demo")));
    }

    /** The generation that an earlier demo made of the same file; 0: none. */
    private int generation(String name, String sha256) throws IOException, InterruptedException {
        for (JsonNode adapter : inference.get(PATH).path("data")) {
            for (JsonNode generation : adapter.path("generations")) {
                if (adapter.path("name").asText().equals(name)
                        && generation.path("sha256").asText().equals(sha256)) {
                    return generation.path("generation").asInt();
                }
            }
        }
        return 0;
    }

    /** Retires them: nothing of the demo is served any more. */
    @Override
    public void close() throws IOException {
        try {
            retire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            interrupted.close();
        }
    }

    private synchronized void retire() throws IOException, InterruptedException {
        closed = true;
        for (String name : live) {
            try {
                inference.post(PATH + "/" + name + "/retire", Map.of());
            } catch (FaultException e) {
                if (!e.fault().code().equals("adapter_not_found")) { // it never came so far
                    throw e;
                }
            }
        }
        live.clear();
    }

    /** On Ctrl-C, before the services are stopped: the registry outlives them. A service that does not answer holds nobody up for long. */
    private void retireSoon() {
        Thread retiring = Thread.ofPlatform().daemon().start(() -> {
            try {
                retire();
            } catch (IOException | InterruptedException | FaultException e) {
                System.err.println("graft: the demo's adapters could not be retired: " + e.getMessage());
            }
        });
        try {
            retiring.join(INTERRUPTED_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
