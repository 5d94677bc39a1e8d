package dev.graft.inference.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Sends replies to the results topic. */
final class Results implements AutoCloseable {
    private static final String SOURCE = "/graft/inference-service";

    private final KafkaProducer<byte[], byte[]> producer;
    private final InstantSource clock;

    Results(Connections connections, InstantSource clock) {
        this.producer = connections.producer();
        this.clock = clock;
    }

    /** Done when the broker has it safe; fails where the broker stays away for two minutes. */
    CompletableFuture<RecordMetadata> send(Reply reply, RequestSpan span) {
        var sent = new CompletableFuture<RecordMetadata>();
        var _ = producer.send(record(reply, span), (metadata, e) -> {
            if (e == null) {
                sent.complete(metadata);
            } else {
                sent.completeExceptionally(e);
            }
        });
        return sent;
    }

    /** The request's id, by the event's headers or, failing that, the record's key. */
    static Optional<String> idOf(ConsumerRecord<byte[], byte[]> result) {
        return RequestEvent.header(result.headers(), CloudEventHeaders.ID)
                .or(() -> Optional.ofNullable(result.key()).map(key -> new String(key, StandardCharsets.UTF_8)));
    }

    private ProducerRecord<byte[], byte[]> record(Reply reply, RequestSpan span) {
        var record = new ProducerRecord<>(
                Topics.INFERENCE_RESULTS, reply.id().getBytes(StandardCharsets.UTF_8), reply.body());
        CloudEventHeaders.of(reply.id(), Reply.TYPE, SOURCE, "", clock.instant())
                .forEach((name, value) -> record.headers().add(name, value));
        reply.answers()
                .ifPresent(digest ->
                        record.headers().add(Digest.HEADER, digest.hex().getBytes(StandardCharsets.UTF_8)));
        span.writeTo(record.headers());
        return record;
    }

    @Override
    public void close() {
        producer.close();
    }
}
