package dev.graft.cli.dlq;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that the broker moved to a dead-letter topic (KIP-1191).
 *
 * @param source the topic it was sent to
 * @param id the request's id: the record's key; empty where it had none
 * @param reason in the broker's words: rejected, or delivered too often
 * @param deliveries how often a worker had it
 * @param at when it was moved
 * @param replayed whether it was sent to its topic again since
 * @param body as it was sent, as text
 * @param offset its place on the dead-letter topic, which names it
 */
public record DeadLetter(
        String source,
        String id,
        String reason,
        int deliveries,
        Instant at,
        boolean replayed,
        String body,
        int partition,
        long offset) {
    /** What the broker says of a dead letter stands in headers that begin so. */
    static final String BROKERS_PREFIX = "__dlq.errors.";

    static DeadLetter of(String source, ConsumerRecord<byte[], byte[]> record, boolean replayed) {
        return new DeadLetter(
                source,
                text(record.key()).orElse(""),
                header(record, BROKERS_PREFIX + "message").orElse(""),
                header(record, BROKERS_PREFIX + "delivery.count")
                        .map(Integer::parseInt)
                        .orElse(0),
                Instant.ofEpochMilli(record.timestamp()),
                replayed,
                text(record.value()).orElse(""),
                record.partition(),
                record.offset());
    }

    static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
        return Optional.ofNullable(record.headers().lastHeader(name)).flatMap(header -> text(header.value()));
    }

    private static Optional<String> text(byte @org.jspecify.annotations.Nullable [] bytes) {
        return Optional.ofNullable(bytes).map(some -> new String(some, StandardCharsets.UTF_8));
    }
}
