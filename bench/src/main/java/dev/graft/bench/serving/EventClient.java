package dev.graft.bench.serving;

import dev.graft.bench.load.Words;
import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.contracts.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

/** Sends a request event, waits for its result event, and again. */
final class EventClient implements AutoCloseable {
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Words words = new Words(System.nanoTime());

    EventClient(String bootstrap) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.INFERENCE_RESULTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // seeking is lazy: be at the end before the first request
    }

    /** Milliseconds from sent to received, less the engine's time, one request after the other. */
    double[] overheads(int requests) throws InterruptedException {
        double[] overheads = new double[requests];
        for (int i = 0; i < requests; i++) {
            overheads[i] = overhead();
            Thread.sleep(PAUSE);
        }
        return overheads;
    }

    private double overhead() {
        String id = UUID.randomUUID().toString();
        InferenceRequest request = new InferenceRequest(
                id,
                Optional.empty(),
                new Prompt.Text(words.draw(16)),
                new Output.Generate(Sampling.greedy(4)),
                0,
                Optional.empty());
        ProducerRecord<String, byte[]> event =
                new ProducerRecord<>(Topics.INFERENCE_REQUESTS, id, EventJson.write(request));
        CloudEventHeaders.of(id, CloudEventHeaders.typeOf(request), "/graft/bench", "", Instant.now())
                .forEach(event.headers()::add);
        long sent = System.nanoTime();
        Future<RecordMetadata> sending = producer.send(event);
        InferenceResult result = await(id, sent, sending);
        double millis = (System.nanoTime() - sent) / 1e6;
        return switch (result) {
            case InferenceResult.Answered answered ->
                millis - answered.timings().totalMs();
            case InferenceResult.Failed failed ->
                throw new IllegalStateException(failed.fault().message());
        };
    }

    private InferenceResult await(String id, long sentNanos, Future<?> sending) {
        while (System.nanoTime() - sentNanos < LONGEST_ANSWER.toNanos()) {
            if (sending.state() == Future.State.FAILED) {
                throw new IllegalStateException("the request event could not be sent", sending.exceptionNow());
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                if (record.key().equals(id)) {
                    return EventJson.read(record.value(), InferenceResult.class);
                }
            }
        }
        throw new IllegalStateException("no result for " + id + " within " + LONGEST_ANSWER.toSeconds() + " s");
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
    }
}
