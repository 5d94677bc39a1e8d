package dev.graft.inference.events;

import dev.graft.broker.Closing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Reads the newest records of a topic, then each that comes: all partitions, in every instance, with nothing committed. */
final class Follower implements Runnable {
    private static final Logger LOG = Logger.getLogger(Follower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long RETRY_MS = 1_000;

    private final String topic;
    private final long lookBack;
    private final Connections connections;
    private final Closing closing;
    private final Consumer<ConsumerRecord<byte[], byte[]>> each;
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    /**
     * @param lookBack how many records that are there already to read of each partition
     * @param each takes a record; may see one again after the broker was away
     */
    Follower(
            String topic,
            long lookBack,
            Connections connections,
            Closing closing,
            Consumer<ConsumerRecord<byte[], byte[]>> each) {
        this.topic = topic;
        this.lookBack = lookBack;
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

    /** Whether all records that were there when it began have been read. */
    boolean awaitCaughtUp(Duration patience) throws InterruptedException {
        return caughtUp.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("there is no topic " + topic);
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.beginningOffsets(partitions)
                .forEach((partition, first) ->
                        consumer.seek(partition, Math.max(first, ends.getOrDefault(partition, 0L) - lookBack)));
        while (!closing.begun()) {
            if (caughtUp.getCount() > 0 && reached(consumer, ends)) {
                caughtUp.countDown();
            }
            consumer.poll(POLL).forEach(this::take);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            each.accept(record);
        } catch (RuntimeException e) {
            LOG.warnf("%s-%d@%d is passed over: %s", topic, record.partition(), record.offset(), e.toString());
        }
    }

    private static boolean reached(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
