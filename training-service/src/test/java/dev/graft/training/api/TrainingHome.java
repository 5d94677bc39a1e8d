package dev.graft.training.api;

import dev.graft.testing.broker.RealBroker;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A real broker, folders of the test's own, and nobody who serves adapters, whatever else runs on this machine. */
public final class TrainingHome implements QuarkusTestResourceLifecycleManager {
    private static final String NOBODY = "http://127.0.0.1:9";

    private final RealBroker broker = new RealBroker();

    @Override
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory("graft-training");
            Map<String, String> settings = new HashMap<>(broker.start());
            settings.put("graft.training.folder", folder.resolve("training").toString());
            settings.put("graft.adapters.folder", folder.resolve("adapters").toString());
            settings.put("graft.inference.url", NOBODY);
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        broker.stop();
    }
}
