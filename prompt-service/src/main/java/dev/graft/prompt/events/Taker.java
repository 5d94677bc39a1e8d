package dev.graft.prompt.events;

import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * A member of the share group. It takes some requests, has all of them answered at the same time, acknowledges each with its own outcome, and
 * takes the next ones. A share consumer hands out nothing new while it holds records, so one slow request holds up this taker, and no other.
 */
final class Taker implements Runnable {
    private static final Logger LOG = Logger.getLogger(Taker.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RENEWED_WITHIN = Duration.ofSeconds(5);
    /** A third of the lock that the group's settings give. */
    private static final long RENEW_MS = 10_000;

    private static final Duration RECONNECT = Duration.ofSeconds(1);

    private final Connections connections;
    private final Answering answering;
    private final ExecutorService threads;
    private final Stopping stopping;

    private record Place(TopicPartition partition, long offset) {
        static Place of(ConsumerRecord<byte[], byte[]> record) {
            return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
        }
    }

    private record InHand(ConsumerRecord<byte[], byte[]> record, CompletableFuture<AcknowledgeType> outcome) {}

    Taker(Connections connections, Answering answering, ExecutorService threads, Stopping stopping) {
        this.connections = connections;
        this.answering = answering;
        this.threads = threads;
        this.stopping = stopping;
    }

    @Override
    public void run() {
        while (!stopping.begun()) {
            try (KafkaShareConsumer<byte[], byte[]> consumer = connections.taker()) {
                consumer.subscribe(List.of(Topics.PROMPT_REQUESTS));
                while (!stopping.begun()) {
                    take(consumer);
                }
                consumer.commitSync();
            } catch (InterruptedException e) {
                return;
            } catch (KafkaException | IllegalStateException e) {
                LOG.warnf(e, "Taking prompt requests failed, trying again");
                stopping.await(RECONNECT);
            }
        }
    }

    private void take(KafkaShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        Map<Place, InHand> inHand = new HashMap<>();
        begin(consumer, POLL, inHand);
        LOG.debugf("%d requests taken", inHand.size());
        while (!inHand.isEmpty()) {
            if (allDone(inHand)) {
                inHand.values()
                        .forEach(each -> consumer.acknowledge(
                                each.record(), each.outcome().join()));
                return; // the acknowledgements leave with the next poll
            }
            inHand = renew(consumer, inHand);
        }
    }

    private void begin(KafkaShareConsumer<byte[], byte[]> consumer, Duration wait, Map<Place, InHand> inHand) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            inHand.put(Place.of(record), begin(record));
        }
    }

    private InHand begin(ConsumerRecord<byte[], byte[]> record) {
        return new InHand(
                record,
                CompletableFuture.supplyAsync(() -> answering.answer(record, stopping.timeIsUp()), threads)
                        .exceptionally(failure -> {
                            LOG.errorf(failure, "%s@%d failed and is given back", record.topic(), record.offset());
                            return AcknowledgeType.RELEASE;
                        }));
    }

    private static boolean allDone(Map<Place, InHand> inHand) throws InterruptedException {
        try {
            CompletableFuture.allOf(
                            inHand.values().stream().map(InHand::outcome).toArray(CompletableFuture[]::new))
                    .get(RENEW_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Acknowledges what is done and keeps the locks of the rest. A renewed record comes back with a later poll, and only the one that came back
     * can be acknowledged. One that does not has lost its lock: another taker has it, and its answer is dropped as a duplicate.
     */
    private Map<Place, InHand> renew(KafkaShareConsumer<byte[], byte[]> consumer, Map<Place, InHand> inHand) {
        Map<Place, InHand> slow = new HashMap<>();
        inHand.forEach((place, each) -> {
            boolean done = each.outcome().isDone();
            consumer.acknowledge(each.record(), done ? each.outcome().join() : AcknowledgeType.RENEW);
            if (!done) {
                slow.put(place, each);
            }
        });
        consumer.commitSync();
        Map<Place, InHand> renewed = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(RENEWED_WITHIN)) {
            InHand known = slow.get(Place.of(record));
            renewed.put(Place.of(record), known == null ? begin(record) : new InHand(record, known.outcome()));
        }
        return renewed;
    }
}
