package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.Answered;
import dev.graft.contracts.InferenceResult.Failed;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.Topics;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.request.Requests;
import dev.graft.inference.settings.InferenceSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real service, model and broker. */
@QuarkusTest
@QuarkusTestResource(RealBroker.class)
class RequestsOverKafkaAreAnsweredTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** SmolLM2's two tokens that end an answer. */
    private static final Map<Integer, Double> NEVER_ENDING = Map.of(0, -100.0, 2, -100.0);

    @Inject
    @SuppressWarnings("NullAway.Init")
    InferenceSettings settings;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Requests requests;

    @SuppressWarnings("NullAway.Init")
    private Mailbox mailbox;

    @BeforeEach
    void open() {
        mailbox = new Mailbox(settings.kafka().bootstrap());
    }

    @AfterEach
    void close() throws InterruptedException {
        mailbox.close();
    }

    @Test
    void eachOfManyIsAnsweredOnceWithTextLabelsAndUsage() {
        List<String> ids = IntStream.range(0, 40).mapToObj(i -> "many-" + i).toList();
        ids.forEach(id -> mailbox.send(writing(id, 4)));
        mailbox.send(classifying("label"));
        await().atMost(PATIENCE).until(() -> mailbox.answered().containsAll(ids));
        for (String id : ids) {
            assertThat(mailbox.results(id)).singleElement().isInstanceOfSatisfying(Answered.class, answer -> {
                assertThat(answer.text()).isNotEmpty();
                assertThat(answer.usage().completionTokens()).isEqualTo(4);
                assertThat(answer.finish()).isEqualTo(InferenceResult.Finish.LENGTH);
            });
        }
        assertThat(resultOf("label")).isInstanceOfSatisfying(Answered.class, answer -> {
            assertThat(answer.labels()).hasSize(2);
            assertThat(answer.text()).isIn("positive", "negative");
        });
    }

    @Test
    void aPoisonRecordGoesToTheDeadLettersWhileOthersFlow() {
        mailbox.send("poison", "no json".getBytes(StandardCharsets.UTF_8), Map.of("ce_id", "poison"));
        mailbox.send(writing("beside-poison", 2));
        assertThat(resultOf("beside-poison")).isInstanceOf(Answered.class);
        assertThat(faultOf("poison")).isEqualTo("malformed_event");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(deadLetters()).contains("no json"));
    }

    @Test
    void whatItsSenderCanUnderstandIsATypedFaultAndNoDeadLetter() {
        mailbox.send(new InferenceRequest("other-model", Optional.of("gpt"), text(), generate(1), 0, Optional.empty()));
        mailbox.send(new InferenceRequest(
                "late",
                Optional.empty(),
                text(),
                generate(1),
                0,
                Optional.of(Instant.now().minusSeconds(1))));
        assertThat(faultOf("other-model")).isEqualTo("model_not_found");
        assertThat(faultOf("late")).isEqualTo("deadline_passed");
        assertThat(deadLetters()).noneMatch(body -> body.contains("other-model") || body.contains("late"));
    }

    @Test
    void theSameIdAgainGetsTheStoredAnswerAndAnotherRequestUnderItIsRefused() {
        InferenceRequest warm = writing("twice", 6);
        mailbox.send(warm);
        InferenceResult first = resultOf("twice");
        mailbox.send(warm);
        await().atMost(PATIENCE).until(() -> mailbox.results("twice").size() == 2);
        assertThat(mailbox.results("twice").getLast()).as("timings included").isEqualTo(first);

        mailbox.send(new InferenceRequest(
                "twice", Optional.empty(), new Prompt.Text("Another"), generate(6), 0, Optional.empty()));
        await().atMost(PATIENCE).until(() -> mailbox.results("twice").size() == 3);
        assertThat(mailbox.results("twice").getLast())
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.fault().code()).isEqualTo("id_reused"));
    }

    @Test
    void aCancelledRequestEndsEarlyAndOneThatWasCancelledBeforeIsNotBegun() {
        mailbox.send(writing("cancelled", 4_000));
        mailbox.cancel("cancelled");
        assertThat(faultOf("cancelled")).isEqualTo("cancelled");
        mailbox.send(writing("cancelled", 4_000));
        await().atMost(PATIENCE).until(() -> mailbox.results("cancelled").size() == 2);
        assertThat(mailbox.results("cancelled").getLast()).isInstanceOf(Failed.class);
        await().atMost(PATIENCE)
                .until(() -> inference.freeSlots() == settings.llama().slots());
    }

    @Test
    void theTraceOfTheRequestGoesOnInItsResult() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        mailbox.send(
                "traced",
                dev.graft.contracts.EventJson.write(writing("traced", 1)),
                Map.of("traceparent", "00-" + trace + "-b7ad6b7169203331-01"));
        resultOf("traced");
        assertThat(mailbox.letters("traced").getFirst().headers().lastHeader("traceparent"))
                .satisfies(header -> assertThat(new String(header.value(), StandardCharsets.UTF_8))
                        .contains(trace));
    }

    @Test
    void twoInstancesShareTheWorkAndOneThatStopsGivesBackWhatItCannotFinish() throws Exception {
        var handled = new AtomicInteger();
        var other = new Door(
                new AnAnswerSentByOneInstanceIsKnownToAllTest.Settings(
                        settings.kafka().bootstrap(), 2, Duration.ofMillis(100)),
                settings.llama().slots(),
                inference,
                requests::of,
                OpenTelemetry.noop(),
                word -> handled.incrementAndGet());
        other.open();
        List<String> ids = new ArrayList<>();
        for (int i = 0; handled.get() == 0 && i < 2_000; i++) {
            ids.add("shared-" + i);
            mailbox.send(writing(ids.getLast(), 1));
            await().atMost(PATIENCE).until(() -> mailbox.answered().containsAll(ids));
        }
        assertThat(handled).hasPositiveValue();

        List<String> running =
                IntStream.range(0, 16).mapToObj(i -> "given-back-" + i).toList();
        running.forEach(id -> mailbox.send(writing(id, 200)));
        await().atMost(PATIENCE).until(() -> other.inFlight() > 0);
        other.close();
        await().atMost(PATIENCE).until(() -> mailbox.answered().containsAll(running));
        assertThat(running).allSatisfy(id -> assertThat(resultOf(id)).isInstanceOf(Answered.class));
    }

    @Test
    void anAnswerThatTakesLongerThanTheLockIsComputedAndSentOnce() {
        try (var _ = new ShortLocks(settings.kafka().bootstrap())) {
            mailbox.send(writing("lock-settles", 1));
            resultOf("lock-settles");
            mailbox.send(writing("long", 1_500));
            resultOf("long");
            mailbox.send(writing("after-long", 1));
            resultOf("after-long");
            assertThat(mailbox.results("long")).hasSize(1);
        }
    }

    /** Locks of four seconds while it is open. */
    private record ShortLocks(String bootstrap) implements AutoCloseable {
        private static final String LOCK = "share.record.lock.duration.ms";

        private ShortLocks {
            RealBroker.configure(bootstrap, ShareGroups.INFERENCE.id(), Map.of(LOCK, "4000"));
        }

        @Override
        public void close() {
            RealBroker.configure(
                    bootstrap,
                    ShareGroups.INFERENCE.id(),
                    Map.of(LOCK, ShareGroups.INFERENCE.configs().getOrDefault(LOCK, "")));
        }
    }

    private InferenceResult resultOf(String id) {
        await().alias(id).atMost(PATIENCE).until(() -> !mailbox.results(id).isEmpty());
        return mailbox.results(id).getFirst();
    }

    private String faultOf(String id) {
        return resultOf(id) instanceof Failed(String _, var fault) ? fault.code() : "answered";
    }

    private static InferenceRequest writing(String id, int tokens) {
        return new InferenceRequest(id, Optional.empty(), text(), generate(tokens), 0, Optional.empty());
    }

    private static InferenceRequest classifying(String id) {
        return new InferenceRequest(
                id,
                Optional.empty(),
                new Prompt.Text("Review: I love it.\nSentiment:"),
                new Output.Classify(List.of("positive", "negative"), Optional.empty(), Optional.empty()),
                0,
                Optional.empty());
    }

    private static Prompt text() {
        return new Prompt.Text("Once upon a time");
    }

    private static Output generate(int tokens) {
        return new Output.Generate(new Sampling(
                OptionalInt.of(tokens),
                OptionalDouble.of(0),
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalLong.empty(),
                List.of(),
                NEVER_ENDING));
    }

    private List<String> deadLetters() {
        List<String> bodies = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                new HashMap<String, Object>(
                        Map.of("bootstrap.servers", settings.kafka().bootstrap())),
                new StringDeserializer(),
                new StringDeserializer())) {
            var partition = new TopicPartition(Topics.deadLetters(Topics.INFERENCE_REQUESTS), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> dead : consumer.poll(Duration.ofMillis(200))) {
                    bodies.add(dead.value());
                }
            }
        }
        return bodies;
    }
}
