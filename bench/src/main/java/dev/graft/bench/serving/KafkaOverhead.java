package dev.graft.bench.serving;

import dev.graft.bench.server.Broker;
import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import java.io.IOException;
import java.util.List;

/**
 * What the way over Kafka costs on an idle stack: from the request event sent to its result event received, less the engine's own time, as the
 * result tells it. One request at a time, each of 16 words and 4 tokens out; a broker of its own in a folder of its own.
 */
final class KafkaOverhead {
    private static final int WARM_UP = 1000;

    /** Milliseconds of each of so many requests. */
    static double[] measure(Machine machine, int requests) throws IOException, InterruptedException {
        try (Broker broker = Broker.start(machine);
                Running service = InferenceService.start(
                        machine,
                        List.of("-Dgraft.kafka.enabled=true", "-Dgraft.kafka.bootstrap=" + broker.bootstrap()));
                EventClient client = new EventClient(broker.bootstrap())) {
            client.overheads(WARM_UP);
            double[] millis = client.overheads(requests);
            service.requireAlive();
            return millis;
        }
    }

    private KafkaOverhead() {}
}
