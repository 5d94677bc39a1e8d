package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.request.Requests;
import dev.graft.inference.settings.InferenceSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The only slot is held by somebody else, so that nothing taken from Kafka ends. */
@QuarkusTest
@QuarkusTestResource(RealBroker.class)
@TestProfile(WhatHasNoSlotStaysInKafkaTest.OneSlot.class)
class WhatHasNoSlotStaysInKafkaTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SLOTS = 1;
    private static final int AHEAD = 2;
    private static final int SENT = 12;

    public static final class OneSlot implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("graft.llama.slots", Integer.toString(SLOTS), "graft.kafka.ahead", Integer.toString(AHEAD));
        }
    }

    @Inject
    @SuppressWarnings("NullAway.Init")
    InferenceSettings settings;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Requests requests;

    @Inject
    @SuppressWarnings("NullAway.Init")
    MeterRegistry meters;

    @Test
    void noMoreIsTakenThanSlotsAndWhatMayBeFetchedAhead() throws Exception {
        await().atMost(PATIENCE).until(inference::ready);
        List<String> ids = IntStream.range(0, SENT).mapToObj(i -> "queued-" + i).toList();
        try (var mailbox = new Mailbox(settings.kafka().bootstrap())) {
            try (Answer slot = inference.submit(requests.of(writing("elsewhere", 4_000)))) {
                await().atMost(PATIENCE).until(() -> inference.freeSlots() == 0);
                ids.forEach(id -> mailbox.send(writing(id, 1)));
                await().atMost(PATIENCE).until(() -> taken() >= AHEAD);
                List<Double> seen = new ArrayList<>();
                await().pollInterval(Duration.ofMillis(50)).atMost(PATIENCE).until(() -> {
                    seen.add(taken());
                    return seen.size() == 20;
                });
                assertThat(seen)
                        .as("who asked while the slot was free may still get one")
                        .allMatch(now -> now <= SLOTS + AHEAD);
                assertThat(mailbox.answered()).doesNotContainAnyElementsOf(ids);
                slot.close();
            }
            await().atMost(PATIENCE).until(() -> mailbox.answered().containsAll(ids));
        }
    }

    private double taken() {
        return meters.get("graft.kafka.requests.running").gauge().value();
    }

    private static InferenceRequest writing(String id, int tokens) {
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
                0,
                Optional.empty());
    }
}
