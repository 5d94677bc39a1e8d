package dev.graft.training.events;

import dev.graft.broker.Closing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Reads a topic from its beginning, then each record that comes: all partitions, in every instance, with nothing committed. */
final class Follower implements Runnable {
    private static final Logger LOG = Logger.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long RETRY_MS = 1_000;

    private final String topic;
    private final Connections connections;
    private final Closing closing;
    private final Consumer<ConsumerRecord<byte[], byte[]>> each;
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /** @param each takes a record; may see one again after the broker was away */
    Follower(String topic, Connections connections, Closing closing, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        this.topic = topic;
        this.connections = connections;
        this.closing = closing;
        this.each = each;
    }

    /** Follows until closing; a broker or topic that is not there is tried again every second. */
    @Override
    public void run() {
        while (!closing.begun()) {
            try (var consumer = connections.reader()) {
                follow(consumer);
            } catch (KafkaException e) {
                LOG.warnf("Following %s failed, trying again: %s", topic, e.toString());
                closing.await(RETRY_MS);
            }
        }
    }

    /**
     * Waits until all that the topic holds at this moment has been taken.
     *
     * @return whether that was so within this time
     * @throws KafkaException where the broker does not say how much that is
     */
    boolean catchUp(Duration patience) throws InterruptedException {
        try (var asking = connections.reader()) {
            return await(asking.endOffsets(partitions(asking)), patience);
        }
    }

    private synchronized boolean await(Map<TopicPartition, Long> ends, Duration patience) throws InterruptedException {
        long limit = System.nanoTime() + patience.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> positions.getOrDefault(end.getKey(), -1L) < end.getValue())) {
            long left = (limit - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = partitions(consumer);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        while (!closing.begun()) {
            consumer.poll(POLL).forEach(this::take);
            reached(consumer, partitions);
        }
    }

    private synchronized void reached(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        partitions.forEach(partition -> positions.put(partition, consumer.position(partition)));
        notifyAll();
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no topic " + topic);
        }
        return partitions;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            each.accept(record);
        } catch (RuntimeException e) {
            LOG.warnf("%s-%d@%d is passed over: %s", topic, record.partition(), record.offset(), e.toString());
        }
    }
}
