package dev.graft.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.FaultKind;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Message;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class PoisonGoesToTheDeadLettersTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final List<byte[]> POISON = List.of(
            "not json".getBytes(UTF_8),
            new byte[0],
            new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0},
            "{\"id\": \"half".getBytes(UTF_8),
            "[1, 2, 3]".getBytes(UTF_8),
            "{\"id\": \"no-prompt\"}".getBytes(UTF_8),
            "[".repeat(50_000).getBytes(UTF_8));

    @Test
    void whatIsNoRequestIsSetAsideWholeWhileTheOthersFlow(RunningStack stack) throws Exception {
        List<String> good = Sender.ids(POISON.size());
        List<String> bad = Sender.ids(POISON.size());
        try (var results = Mailbox.follow(stack.bootstrapServers(), Topics.INFERENCE_RESULTS, InferenceResult.class);
                var sender = new Sender(stack.bootstrapServers())) {
            for (int i = 0; i < POISON.size(); i++) {
                sender.sendRaw(Topics.INFERENCE_REQUESTS, bad.get(i), POISON.get(i));
                sender.send(Topics.INFERENCE_REQUESTS, good.get(i), Sender.generate(good.get(i), "Say yes.", 2));
            }
            assertThat(results.await(good, LIMIT).values())
                    .allSatisfy(result -> assertThat(result).isInstanceOf(InferenceResult.Answered.class));

            var dead = deadLetters(stack.bootstrapServers(), bad);
            assertThat(dead).hasSize(POISON.size());
            for (ConsumerRecord<String, byte[]> letter : dead) {
                assertThat(letter.value()).isEqualTo(POISON.get(bad.indexOf(letter.key())));
                assertThat(letter.headers()).as("the broker tells why").isNotEmpty();
            }
        }
    }

    /** The sender can be told, so nothing waits in vain. */
    @Test
    void aRequestThatCanNeverBeRightIsATypedErrorResult(RunningStack stack) throws Exception {
        List<String> ids = Sender.ids(3);
        try (var results = Mailbox.follow(stack.bootstrapServers(), Topics.INFERENCE_RESULTS, InferenceResult.class);
                var sender = new Sender(stack.bootstrapServers())) {
            sender.send(Topics.INFERENCE_REQUESTS, ids.get(0), request(ids.get(0), "no-such-model", "user", 8));
            sender.send(Topics.INFERENCE_REQUESTS, ids.get(1), request(ids.get(1), RunningStack.MODEL, "king", 8));
            sender.send(
                    Topics.INFERENCE_REQUESTS, ids.get(2), request(ids.get(2), RunningStack.MODEL, "user", 1_000_000));

            assertThat(results.await(ids, LIMIT).values())
                    .allSatisfy(result -> assertThat(result)
                            .isInstanceOfSatisfying(InferenceResult.Failed.class, failed -> {
                                assertThat(failed.fault().kind()).isEqualTo(FaultKind.INPUT);
                                assertThat(failed.fault().field()).isNotBlank();
                                assertThat(failed.fault().remedy()).isNotBlank();
                            }));
        }
    }

    @Test
    void aMalformedBodyUnderAnIdIsAnsweredWithItsFault(RunningStack stack) throws Exception {
        List<String> ids = Sender.ids(1);
        try (var results = Mailbox.follow(stack.bootstrapServers(), Topics.INFERENCE_RESULTS, InferenceResult.class);
                var sender = new Sender(stack.bootstrapServers())) {
            sender.sendBadBody(Topics.INFERENCE_REQUESTS, ids.get(0), "{\"id\": \"" + ids.get(0) + "\"}");

            assertThat(results.await(ids, LIMIT).values())
                    .first()
                    .isInstanceOfSatisfying(InferenceResult.Failed.class, failed -> {
                        assertThat(failed.fault().code()).isEqualTo("malformed_event");
                        assertThat(failed.fault().field()).isEqualTo("prompt");
                    });
        }
    }

    private static InferenceRequest request(String id, String model, String role, int maxTokens) {
        return new InferenceRequest(
                id,
                Optional.of(model),
                new Prompt.Chat(List.of(new Message(role, "Hi"))),
                new Output.Generate(Sampling.greedy(maxTokens)),
                0,
                Optional.empty());
    }

    private static List<ConsumerRecord<String, byte[]>> deadLetters(String bootstrap, List<String> keys) {
        var found = new ArrayList<ConsumerRecord<String, byte[]>>();
        Set<String> missing = new HashSet<>(keys);
        try (var consumer = new KafkaConsumer<>(
                java.util.Map.<String, Object>of("bootstrap.servers", bootstrap),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(Topics.deadLetters(Topics.INFERENCE_REQUESTS), 0)));
            consumer.seekToBeginning(consumer.assignment());
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!missing.isEmpty() && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (missing.remove(record.key())) {
                        found.add(record);
                    }
                });
            }
        }
        return found;
    }
}
