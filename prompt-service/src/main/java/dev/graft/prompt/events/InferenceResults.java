package dev.graft.prompt.events;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Topics;
import dev.graft.prompt.dispatch.Waiting;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Reads every result of inference, from the end of the topic on, whatever other instances of this service read: each picks out the answers to
 * its own requests. Where the end is, is asked before the first request leaves, so that no answer can lie before it.
 */
final class InferenceResults {
    private static final Logger LOG = Logger.getLogger(InferenceResults.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LOOK_FOR_PARTITIONS = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Waiting waiting;
    private final Set<TopicPartition> known = new HashSet<>();
    private long lookedAt;

    InferenceResults(KafkaConsumer<byte[], byte[]> consumer, Waiting waiting) {
        this.consumer = consumer;
        this.waiting = waiting;
    }

    /** Finds the end of every partition; false where the topic is not there yet. */
    boolean begin() {
        known.addAll(partitions());
        if (known.isEmpty()) {
            return false;
        }
        consumer.assign(known);
        consumer.seekToEnd(known);
        known.forEach(consumer::position);
        lookedAt = System.nanoTime();
        return true;
    }

    /** Hands over what has come. */
    void poll() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            take(record);
        }
        if (System.nanoTime() - lookedAt > LOOK_FOR_PARTITIONS.toNanos()) {
            lookedAt = System.nanoTime();
            takeNewPartitions();
        }
    }

    /** A topic may be given more partitions: these are read from their beginning, for all in them came since. */
    private void takeNewPartitions() {
        List<TopicPartition> added =
                partitions().stream().filter(each -> !known.contains(each)).toList();
        if (!added.isEmpty()) {
            known.addAll(added);
            consumer.assign(known);
            consumer.seekToBeginning(added);
        }
    }

    private Set<TopicPartition> partitions() {
        return consumer.partitionsFor(Topics.INFERENCE_RESULTS).stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .collect(Collectors.toSet());
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            waiting.answered(
                    EventJson.read(record.value() == null ? new byte[0] : record.value(), InferenceResult.class));
        } catch (FaultException e) {
            // Not ours to answer: whoever waits for it runs into its deadline.
            LOG.warnf("%s-%d@%d is no result: %s", record.topic(), record.partition(), record.offset(), e.getMessage());
        }
    }
}
