package dev.graft.e2e;

import dev.graft.contracts.EventJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A receiver of results as the contract asks for: it follows a topic from now on and keeps the first result of each id. What was delivered
 * again is counted, and not handed on.
 */
final class Mailbox<T> implements AutoCloseable {
    private final Class<T> type;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private final CountDownLatch listening = new CountDownLatch(1);
    private final Map<String, T> firsts = new LinkedHashMap<>();
    private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();

    private Mailbox(String bootstrap, String topic, Class<T> type) {
        this.type = type;
        consumer = new KafkaConsumer<>(
                Map.<String, Object>of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        thread = Thread.ofPlatform().name("mailbox-" + topic).start(() -> follow(partitions));
    }

    /** Returns once it hears everything that is sent from now on. */
    static <T> Mailbox<T> follow(String bootstrap, String topic, Class<T> type) throws InterruptedException {
        var mailbox = new Mailbox<>(bootstrap, topic, type);
        mailbox.listening.await();
        return mailbox;
    }

    private void follow(Collection<TopicPartition> partitions) {
        try (consumer) {
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            listening.countDown();
            while (true) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::take);
            }
        } catch (WakeupException closed) {
            listening.countDown();
        }
    }

    private synchronized void take(ConsumerRecord<String, byte[]> record) {
        records.add(record);
        if (!firsts.containsKey(record.key())) {
            firsts.put(record.key(), EventJson.read(record.value(), type));
        }
        notifyAll();
    }

    /** Every record as it came, repeats included. */
    synchronized List<ConsumerRecord<String, byte[]>> records() {
        return List.copyOf(records);
    }

    /** The first result of each id. */
    synchronized Map<String, T> firsts() {
        return Map.copyOf(firsts);
    }

    /** The results of these ids, once they are all there. */
    Map<String, T> await(Collection<String> ids, Duration limit) throws InterruptedException {
        await(() -> firsts.keySet().containsAll(ids), limit, () -> {
            var missing = new ArrayList<>(ids);
            missing.removeAll(firsts.keySet());
            return missing.size() + " of " + ids.size() + " results are missing: " + missing;
        });
        var found = new LinkedHashMap<>(firsts());
        found.keySet().retainAll(ids);
        return found;
    }

    /** Returns once so many of these ids have their result. */
    void awaitSome(Collection<String> ids, int count, Duration limit) throws InterruptedException {
        await(
                () -> ids.stream().filter(firsts::containsKey).count() >= count,
                limit,
                () -> "fewer than " + count + " results came");
    }

    /** Returns once this id's result came so many times. */
    void awaitRecords(String id, int times, Duration limit) throws InterruptedException {
        await(
                () -> records.stream().filter(r -> r.key().equals(id)).count() >= times,
                limit,
                () -> "the result of " + id + " did not come " + times + " times");
    }

    private synchronized void await(BooleanSupplier met, Duration limit, Supplier<String> otherwise)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!met.getAsBoolean()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError(otherwise.get() + " after " + limit);
            }
            wait(left);
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
