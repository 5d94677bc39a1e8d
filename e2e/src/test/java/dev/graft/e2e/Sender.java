package dev.graft.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.Message;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A client that sends requests over Kafka, and at the end makes sure that the broker has them all. */
final class Sender implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    Sender(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrap,
                        "delivery.timeout.ms",
                        180_000,
                        // With the only broker away, a client that forgets its metadata would block on every send.
                        "metadata.recovery.strategy",
                        "none"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    void send(String topic, String id, Object event) {
        var record = new ProducerRecord<>(topic, id, EventJson.write(event));
        CloudEventHeaders.of(id, CloudEventHeaders.typeOf(event), "/graft/e2e", "", Instant.now())
                .forEach((name, value) -> record.headers().add(name, value));
        sent.add(producer.send(record));
    }

    /** A record as it stands, without headers. */
    void sendRaw(String topic, String key, byte[] body) {
        sent.add(producer.send(new ProducerRecord<>(topic, key, body)));
    }

    /** A body under an event's headers that it does not deserve. */
    void sendBadBody(String topic, String id, String body) {
        var record = new ProducerRecord<>(topic, id, body.getBytes(UTF_8));
        CloudEventHeaders.of(id, "dev.graft.inference.request.v1", "/graft/e2e", "", Instant.now())
                .forEach((name, value) -> record.headers().add(name, value));
        sent.add(producer.send(record));
    }

    /** So many ids that no other test has. */
    static List<String> ids(int count) {
        String test = UUID.randomUUID().toString();
        return IntStream.range(0, count).mapToObj(i -> test + "-" + i).toList();
    }

    /** A short greedy answer to a text of its own. */
    static InferenceRequest generate(String id, String content, int maxTokens) {
        return new InferenceRequest(
                id,
                Optional.empty(),
                new Prompt.Chat(List.of(new Message("user", content))),
                new Output.Generate(Sampling.greedy(maxTokens)),
                0,
                Optional.empty());
    }

    @Override
    public void close() {
        producer.close();
        for (Future<RecordMetadata> record : sent) {
            if (record.state() != Future.State.SUCCESS) {
                throw new AssertionError("a request was not sent", record.exceptionNow());
            }
        }
    }
}
