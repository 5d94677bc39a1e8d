package dev.graft.cli.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Topics;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends prompt requests as events and gathers their results: at most a window of them under way, so that a batch of any length needs little
 * memory and the measured latency is that of a call, not of a queue. Used by one thread.
 */
public final class PromptBatch implements AutoCloseable {
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final int window;
    private volatile @Nullable Exception notSent;

    /** Takes each result as it comes, with the time from sending the request to having its result. */
    @FunctionalInterface
    public interface Receiver {
        void received(PromptResult result, Duration latency) throws IOException;
    }

    /** @param window how many requests may be under way */
    public PromptBatch(String bootstrapServers, int window) {
        this.window = window;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0, "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 100),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.PROMPT_RESULTS).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Seeking is lazy: the ends must be those before the first request, or its result could be missed.
        partitions.forEach(consumer::position);
    }

    /**
     * Runs all requests; a result that comes twice is handed over once.
     *
     * @throws FaultException {@code no_results} where requests are under way and none is answered for two minutes
     */
    public void run(Iterator<PromptRequest> requests, Receiver receiver) throws IOException {
        Map<String, Long> sent = new HashMap<>();
        long heard = System.nanoTime();
        while (requests.hasNext() || !sent.isEmpty()) {
            while (sent.size() < window && requests.hasNext()) {
                PromptRequest request = requests.next();
                sent.put(request.id(), System.nanoTime());
                send(request);
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                long now = System.nanoTime();
                Long start = sent.remove(record.key());
                if (start != null) {
                    heard = now;
                    receiver.received(
                            EventJson.read(record.value(), PromptResult.class), Duration.ofNanos(now - start));
                }
            }
            requireSent();
            if (System.nanoTime() - heard > SILENCE.toNanos()) {
                throw new FaultException(Fault.ended(
                        "no_results",
                        sent.size() + " requests were sent and none was answered for " + SILENCE.toSeconds()
                                + " s: see graft status and graft logs"));
            }
        }
    }

    private void requireSent() {
        Exception failure = notSent;
        if (failure != null) {
            throw new FaultException(
                    Fault.internal("not_sent", "the broker did not take a request: " + failure.getMessage()), failure);
        }
    }

    private void send(PromptRequest request) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(Topics.PROMPT_REQUESTS, request.id(), EventJson.write(request));
        CloudEventHeaders.of(
                        request.id(),
                        CloudEventHeaders.typeOf(request),
                        "/graft/cli",
                        request.template(),
                        Instant.now())
                .forEach((name, value) -> record.headers().add(name, value));
        Future<RecordMetadata> _ = producer.send(record, (_, failure) -> {
            if (failure != null) {
                notSent = failure;
            }
        });
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        consumer.close();
    }
}
