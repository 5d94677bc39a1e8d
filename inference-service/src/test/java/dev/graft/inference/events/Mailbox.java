package dev.graft.inference.events;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceControl;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A client as users write one: sends requests, keeps every result that comes, in order. */
final class Mailbox implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<String, List<ConsumerRecord<String, byte[]>>> letters = new ConcurrentHashMap<>();
    private final List<String> order = new CopyOnWriteArrayList<>();
    private final Thread reading;
    private volatile boolean closed;

    Mailbox(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.INFERENCE_RESULTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        reading = Thread.ofPlatform().name("mailbox").start(this::read);
    }

    void send(InferenceRequest request) {
        send(request.id(), EventJson.write(request), Map.of());
    }

    void send(String key, byte[] body, Map<String, String> headers) {
        var record = new ProducerRecord<>(Topics.INFERENCE_REQUESTS, key, body);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        var _ = producer.send(record);
    }

    void cancel(String id) {
        var _ = producer.send(
                new ProducerRecord<>(Topics.INFERENCE_CONTROL, id, EventJson.write(new InferenceControl.Cancel(id))));
    }

    /** All results of a request, oldest first. */
    List<InferenceResult> results(String id) {
        return letters(id).stream()
                .map(letter -> EventJson.read(letter.value(), InferenceResult.class))
                .toList();
    }

    List<ConsumerRecord<String, byte[]>> letters(String id) {
        return letters.getOrDefault(id, List.of());
    }

    /** Ids in the order in which their first results came. */
    List<String> order() {
        return List.copyOf(order);
    }

    Set<String> answered() {
        return Set.copyOf(letters.keySet());
    }

    private void read() {
        while (!closed) {
            for (ConsumerRecord<String, byte[]> letter : consumer.poll(Duration.ofMillis(100))) {
                letters.computeIfAbsent(letter.key(), id -> {
                            order.add(id);
                            return new CopyOnWriteArrayList<>();
                        })
                        .add(letter);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        reading.join();
        consumer.close();
        producer.close();
    }
}
