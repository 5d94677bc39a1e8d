package dev.graft.bench.serving;

import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import dev.graft.cli.GraftHome;
import dev.graft.cli.stack.Ports;
import dev.graft.cli.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the way over Kafka costs on an idle stack: from the request event sent to its result event received, less the engine's own time, as the
 * result tells it. One request at a time, each of 16 words and 4 tokens out; a broker of its own in a folder of its own.
 */
final class KafkaOverhead {
    private static final int WARM_UP = 1000;

    /** Milliseconds of each of so many requests. */
    static double[] measure(Machine machine, int requests) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("graft-bench");
        GraftHome usual = new GraftHome(machine.home());
        try (Stack stack = Stack.builder()
                        .home(new GraftHome(folder))
                        .sharing(usual)
                        .root(machine.root())
                        .ports(Ports.free())
                        .startBroker();
                Running service = InferenceService.start(
                        machine,
                        List.of("-Dgraft.kafka.enabled=true", "-Dgraft.kafka.bootstrap=" + stack.bootstrapServers()));
                EventClient client = new EventClient(stack.bootstrapServers())) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stack))); // should we be ended on the way
            client.overheads(WARM_UP);
            double[] millis = client.overheads(requests);
            service.requireAlive();
            return millis;
        } finally {
            delete(folder);
        }
    }

    private static void stop(Stack stack) {
        try {
            stack.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private KafkaOverhead() {}
}
