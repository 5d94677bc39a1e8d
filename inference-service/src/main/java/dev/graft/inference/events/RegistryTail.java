package dev.graft.inference.events;

import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads the registry's topic from its beginning, committed records only, and goes on from where it is. Used by one thread at a time. */
final class RegistryTail implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /**
     * @param waitMs how long the broker keeps a question for records open: long for who follows, short for who asks for the end
     * @throws KafkaException where the broker or the topic is not there
     */
    RegistryTail(Connections connections, int waitMs) {
        consumer = connections.committedReader(waitMs);
        try {
            partitions = consumer.partitionsFor(Topics.ADAPTERS).stream()
                    .map(info -> new TopicPartition(Topics.ADAPTERS, info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new KafkaException("there is no topic " + Topics.ADAPTERS);
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * Reads what is committed at this moment.
     *
     * @throws KafkaException where that takes longer
     */
    void readToEnd(Duration patience, Consumer<RegistryRecord> each) {
        read(consumer.endOffsets(partitions), patience, each);
    }

    /**
     * Reads until this record, and all before it, have been read.
     *
     * @throws KafkaException where that takes longer
     */
    void readPast(int partition, long offset, Duration patience, Consumer<RegistryRecord> each) {
        read(Map.of(new TopicPartition(Topics.ADAPTERS, partition), offset + 1), patience, each);
    }

    private void read(Map<TopicPartition, Long> ends, Duration patience, Consumer<RegistryRecord> each) {
        long limit = System.nanoTime() + patience.toNanos();
        while (!reached(ends)) {
            if (System.nanoTime() > limit) {
                throw new TimeoutException("the end of " + Topics.ADAPTERS + " was not reached within " + patience);
            }
            poll(POLL, each);
        }
    }

    /** Reads what comes within this time. */
    void poll(Duration time, Consumer<RegistryRecord> each) {
        consumer.poll(time).forEach(record -> RegistryRecord.read(record).ifPresent(each));
    }

    /** Committed records that were not read yet, as far as the broker told. */
    long lag() {
        return partitions.stream()
                .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                .sum();
    }

    private boolean reached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
