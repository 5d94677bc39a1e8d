package dev.graft.cli.dlq;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** The records that dead letters are copies of, on the topics they were sent to. */
final class Originals implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KafkaConsumer<byte[], byte[]> consumer;

    Originals(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** The headers that its sender wrote; none where the topic no longer keeps it. */
    List<Header> headersOf(String source, ConsumerRecord<byte[], byte[]> dead) {
        return number(dead, "partition")
                .flatMap(partition -> number(dead, "offset")
                        .flatMap(offset -> read(new TopicPartition(source, partition.intValue()), offset)))
                .map(original -> List.of(original.headers().toArray()))
                .orElse(List.of());
    }

    @Override
    public void close() {
        consumer.close();
    }

    private Optional<ConsumerRecord<byte[], byte[]>> read(TopicPartition partition, long offset) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        return consumer.poll(PATIENCE).records(partition).stream()
                .filter(record -> record.offset() == offset)
                .findFirst();
    }

    private static Optional<Long> number(ConsumerRecord<byte[], byte[]> dead, String name) {
        return DeadLetter.header(dead, DeadLetter.BROKERS_PREFIX + name).map(Long::valueOf);
    }
}
