package dev.graft.inference.api;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A service that takes adapters' files from one folder and keeps them in another. */
public class AdapterHome implements QuarkusTestProfile {
    static final Path FOLDER = folder();
    public static final Path SHARED = FOLDER.resolve("shared");

    @Override
    public Map<String, String> getConfigOverrides() {
        return new HashMap<>(Map.of(
                "graft.adapters.folder", FOLDER.resolve("kept").toString(),
                "graft.adapters.sources", SHARED.toString(),
                "graft.adapters.file-bytes", "1000000"));
    }

    /** The same without Kafka. */
    public static final class WithoutKafka extends AdapterHome {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = super.getConfigOverrides();
            settings.put("graft.kafka.enabled", "false");
            return settings;
        }
    }

    /** One that only follows. */
    public static final class OnlyFollowing extends AdapterHome {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = super.getConfigOverrides();
            settings.put("graft.adapters.changes", "false");
            return settings;
        }
    }

    /** One whose adapters are not mixed, as where the check at the start finds that they can't be. */
    public static final class NotMixing extends AdapterHome {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = super.getConfigOverrides();
            settings.put("graft.kafka.enabled", "false");
            settings.put("graft.adapters.mixing", "false");
            return settings;
        }
    }

    private static Path folder() {
        try {
            Path made = Files.createTempDirectory("graft-adapters");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
