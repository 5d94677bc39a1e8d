package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult.Answered;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.settings.InferenceSettings;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** With one slot, and room for what waits here and not in Kafka. */
@QuarkusTest
@QuarkusTestResource(RealBroker.class)
@TestProfile(TheMostUrgentGoesFirstTest.OneSlot.class)
class TheMostUrgentGoesFirstTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    public static final class OneSlot implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("graft.llama.slots", "1", "graft.kafka.ahead", "8");
        }
    }

    @Inject
    @SuppressWarnings("NullAway.Init")
    InferenceSettings settings;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @Test
    void aRequestOfHigherPriorityOvertakesThoseThatWait() throws Exception {
        await().atMost(PATIENCE).until(inference::ready);
        List<String> patient =
                IntStream.range(0, 4).mapToObj(i -> "patient-" + i).toList();
        try (var mailbox = new Mailbox(settings.kafka().bootstrap())) {
            mailbox.send(writing("running", 600, 0));
            await().atMost(PATIENCE).until(() -> inference.freeSlots() == 0);
            patient.forEach(id -> mailbox.send(writing(id, 40, 0)));
            mailbox.send(writing("urgent", 1, 5));
            await().atMost(PATIENCE).until(() -> mailbox.answered().containsAll(patient));

            double urgent = queued(mailbox, "urgent");
            assertThat(patient).allSatisfy(id -> assertThat(queued(mailbox, id)).isGreaterThan(urgent));
        }
    }

    private static double queued(Mailbox mailbox, String id) {
        return ((Answered) mailbox.results(id).getFirst()).timings().queueMs();
    }

    private static InferenceRequest writing(String id, int tokens, int priority) {
        var greedy = new Sampling(
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
                Map.of(0, -100.0, 2, -100.0));
        return new InferenceRequest(
                id,
                Optional.empty(),
                new Prompt.Text("Once upon a time"),
                new Output.Generate(greedy),
                priority,
                Optional.empty());
    }
}
