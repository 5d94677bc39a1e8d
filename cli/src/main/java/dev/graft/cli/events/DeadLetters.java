package dev.graft.cli.events;

import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The requests that could not be processed, as the broker moved them. Replaying sends them to their topic again; how far it got is kept by
 * the broker as the position of the group {@value #GROUP}, so that none is replayed twice.
 */
public final class DeadLetters implements AutoCloseable {
    static final String GROUP = "graft-dlq-replay";

    private final String bootstrapServers;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * One dead letter.
     *
     * @param topic where it was sent to
     * @param offset its place among the dead letters of that topic
     * @param key the request's id
     * @param time when it was moved
     * @param headers what the broker and the sender say about it
     * @param body its bytes as text
     * @param replayed whether it was sent again
     */
    public record Letter(
            String topic,
            long offset,
            String key,
            Instant time,
            Map<String, String> headers,
            String body,
            boolean replayed) {
        public Letter {
            headers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    public DeadLetters(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "group.id", GROUP, "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** The topics that have dead letters. */
    public static List<String> topics() {
        return ShareGroups.ALL.stream().map(ShareGroups.ShareGroup::topic).toList();
    }

    /** All that are kept, the oldest first. */
    public List<Letter> list(String topic) {
        TopicPartition partition = new TopicPartition(Topics.deadLetters(topic), 0);
        long replayed = replayedUpTo(partition);
        return read(partition, 0).stream().map(r -> letter(topic, r, replayed)).toList();
    }

    /** Sends those again that were not yet; returns how many. */
    public int replay(String topic) throws InterruptedException, ExecutionException {
        TopicPartition partition = new TopicPartition(Topics.deadLetters(topic), 0);
        int sent = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (ConsumerRecord<byte[], byte[]> dead : read(partition, replayedUpTo(partition))) {
                ProducerRecord<byte[], byte[]> again = new ProducerRecord<>(topic, dead.key(), dead.value());
                dead.headers().forEach(h -> {
                    if (!h.key().startsWith("__")) {
                        again.headers().add(h);
                    }
                });
                producer.send(again).get();
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(dead.offset() + 1)));
                sent++;
            }
        }
        return sent;
    }

    private long replayedUpTo(TopicPartition partition) {
        OffsetAndMetadata committed =
                consumer.committed(java.util.Set.of(partition)).get(partition);
        return committed == null ? 0 : committed.offset();
    }

    private List<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, long from) {
        consumer.assign(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        consumer.seek(partition, Math.max(begin, from));
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        while (consumer.position(partition) < end) {
            consumer.poll(Duration.ofMillis(200)).forEach(found::add);
        }
        return found;
    }

    private static Letter letter(String topic, ConsumerRecord<byte[], byte[]> dead, long replayed) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : dead.headers()) {
            headers.put(header.key(), text(header.value()));
        }
        return new Letter(
                topic,
                dead.offset(),
                text(dead.key()),
                Instant.ofEpochMilli(dead.timestamp()),
                headers,
                text(dead.value()),
                dead.offset() < replayed);
    }

    private static String text(byte @org.jspecify.annotations.Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
