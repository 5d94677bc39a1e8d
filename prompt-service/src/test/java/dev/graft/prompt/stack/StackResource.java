package dev.graft.prompt.stack;

import dev.graft.prompt.settings.EmbeddedDatabase;
import dev.graft.testing.broker.RealBroker;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A real broker and a real database, each as the product starts it, in a folder that is gone afterwards. */
public final class StackResource implements QuarkusTestResourceLifecycleManager {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @Override
    public Map<String, String> start() {
        try {
            Path folder = Files.createTempDirectory("graft-prompt-test");
            opened.push(() -> delete(folder));
            RealBroker broker = new RealBroker();
            opened.push(broker::stop);
            broker.bringBack();
            EmbeddedDatabase database = EmbeddedDatabase.start(folder);
            opened.push(database);
            return Map.of(
                    "graft.kafka.bootstrap",
                    broker.bootstrap(),
                    "graft.kafka.takers",
                    "20",
                    "quarkus.datasource.jdbc.url",
                    database.url(),
                    // Nothing listens there: what needs the inference service over HTTP must say so.
                    "graft.inference.url",
                    "http://127.0.0.1:1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        for (AutoCloseable each : List.copyOf(opened)) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
