package dev.graft.cli.dlq;

import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.ShareGroups.ShareGroup;
import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What {@code graft dlq} does: lists the requests that no worker could process, and sends them to their topics again, key, body and headers as
 * they were sent. The broker copies key and body to the dead-letter topic, not the headers: these come from the source topic, as long as it keeps
 * the record; after that a replayed record has none. Replaying is safe to repeat: a request that was answered meanwhile gets its stored answer.
 *
 * <p>Records stay on the dead-letter topic until its retention ends. Those before the committed offset of the consumer group
 * {@code graft-dlq} are known as replayed.
 *
 * <pre>{@code
 * try (var letters = DeadLetters.connect("127.0.0.1:9092")) {
 *     letters.list(false).forEach(System.out::println);   // true: those that were replayed, too
 *     int sent = letters.replay(Set.of());                // all that were not replayed yet; or these ids
 * }
 * }</pre>
 */
public final class DeadLetters implements AutoCloseable {
    private static final String GROUP = "graft-dlq";
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Originals originals;
    private final KafkaProducer<byte[], byte[]> producer;

    private DeadLetters(
            KafkaConsumer<byte[], byte[]> consumer, Originals originals, KafkaProducer<byte[], byte[]> producer) {
        this.consumer = consumer;
        this.originals = originals;
        this.producer = producer;
    }

    /** @param bootstrap the brokers, as {@code host:port,host:port} */
    public static DeadLetters connect(String bootstrap) {
        Map<String, Object> reading = Map.of(
                "bootstrap.servers", bootstrap,
                "group.id", GROUP,
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false",
                "default.api.timeout.ms", "10000");
        Map<String, Object> writing =
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "enable.idempotence", "true");
        return new DeadLetters(
                new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                new Originals(new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())),
                new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /**
     * The dead letters of all topics, oldest first within each.
     *
     * @param replayedToo whether to include those that were replayed
     * @throws KafkaException where the broker does not answer within 10 s
     */
    public List<DeadLetter> list(boolean replayedToo) {
        List<DeadLetter> found = new ArrayList<>();
        eachRecord((source, record) -> {
            boolean replayed = record.offset() < firstNotReplayed(partitionOf(record));
            if (replayedToo || !replayed) {
                found.add(DeadLetter.of(source, record, replayed));
            }
        });
        return found;
    }

    /**
     * Sends dead letters to their topics again and returns how many.
     *
     * @param ids these requests, replayed before or not; empty: all that were not replayed yet, which are from now on
     * @throws KafkaException where the broker does not take one of them: those sent before it are sent, and none is marked as replayed
     */
    public int replay(Set<String> ids) {
        Predicate<DeadLetter> chosen =
                ids.isEmpty() ? letter -> !letter.replayed() : letter -> ids.contains(letter.id());
        List<ConsumerRecord<byte[], byte[]>> sent = new ArrayList<>();
        eachRecord((source, record) -> {
            boolean replayed = record.offset() < firstNotReplayed(partitionOf(record));
            if (chosen.test(DeadLetter.of(source, record, replayed))) {
                send(source, record);
                sent.add(record);
            }
        });
        if (ids.isEmpty()) {
            markReplayed(sent);
        }
        return sent.size();
    }

    @Override
    public void close() {
        producer.close();
        originals.close();
        consumer.close();
    }

    private void eachRecord(BiConsumer<String, ConsumerRecord<byte[], byte[]>> each) {
        for (ShareGroup group : ShareGroups.ALL) {
            List<TopicPartition> partitions = partitionsOf(Topics.deadLetters(group.topic()));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(POLL).forEach(record -> each.accept(group.topic(), record));
            }
        }
    }

    private List<TopicPartition> partitionsOf(String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private long firstNotReplayed(TopicPartition partition) {
        OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
        return committed == null ? 0 : committed.offset();
    }

    private void send(String source, ConsumerRecord<byte[], byte[]> record) {
        var again = new ProducerRecord<>(source, record.key(), record.value());
        originals.headersOf(source, record).forEach(again.headers()::add);
        try {
            producer.send(again).get();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "could not send " + record.topic() + "@" + record.offset() + " again", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    private void markReplayed(List<ConsumerRecord<byte[], byte[]>> sent) {
        if (!sent.isEmpty()) {
            consumer.commitSync(sent.stream()
                    .collect(Collectors.toMap(
                            DeadLetters::partitionOf,
                            record -> new OffsetAndMetadata(record.offset() + 1),
                            (a, b) -> a.offset() > b.offset() ? a : b)));
        }
    }

    private static TopicPartition partitionOf(ConsumerRecord<byte[], byte[]> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
