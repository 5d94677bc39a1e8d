package dev.graft.cli.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.GraftHome;
import dev.graft.cli.stack.Ports;
import dev.graft.cli.stack.Stack;
import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersAreListedAndReplayedAsTheyWereSentTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void aRejectedRequestIsListedOnceReplayedWithItsHeadersAndThenKnownAsReplayed(@TempDir Path folder)
            throws Exception {
        try (Stack stack = Stack.builder()
                        .home(new GraftHome(folder))
                        .ports(Ports.free())
                        .startBroker();
                var letters = DeadLetters.connect(stack.bootstrapServers())) {
            assertThat(letters.list(true)).isEmpty();
            send(stack, "poison");
            take(stack, AcknowledgeType.REJECT);
            awaitOne(letters);
            assertThat(letters.list(false))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter)
                            .returns("poison", DeadLetter::id)
                            .returns("not json", DeadLetter::body)
                            .returns(Topics.INFERENCE_REQUESTS, DeadLetter::source)
                            .returns(1, DeadLetter::deliveries)
                            .returns(false, DeadLetter::replayed));

            assertThat(letters.replay(Set.of())).isEqualTo(1);
            ConsumerRecord<String, String> again = take(stack, AcknowledgeType.ACCEPT);
            assertThat(again.value()).isEqualTo("not json");
            assertThat(new String(again.headers().lastHeader("traceparent").value(), StandardCharsets.UTF_8))
                    .isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            assertThat(again.headers()).noneMatch(header -> header.key().startsWith("__dlq"));

            assertThat(letters.list(false)).isEmpty();
            assertThat(letters.list(true)).singleElement().matches(DeadLetter::replayed);
            assertThat(letters.replay(Set.of())).isZero();
            assertThat(letters.replay(Set.of("poison"))).isEqualTo(1);
        }
    }

    private static void send(Stack stack, String id) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", stack.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            var record = new ProducerRecord<>(Topics.INFERENCE_REQUESTS, id, "not json");
            record.headers()
                    .add(
                            "traceparent",
                            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(StandardCharsets.UTF_8));
            producer.send(record).get();
        }
    }

    private static ConsumerRecord<String, String> take(Stack stack, AcknowledgeType type) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                stack.bootstrapServers(),
                "group.id",
                ShareGroups.INFERENCE.id(),
                "share.acknowledgement.mode",
                "explicit");
        try (var consumer = new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(Topics.INFERENCE_REQUESTS));
            long end = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(500))) {
                    consumer.acknowledge(record, type);
                    consumer.commitSync();
                    return record;
                }
            }
        }
        throw new AssertionError("no request came within " + LIMIT);
    }

    private static void awaitOne(DeadLetters letters) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (letters.list(true).isEmpty() && System.nanoTime() < end) {
            Thread.sleep(200);
        }
    }
}
