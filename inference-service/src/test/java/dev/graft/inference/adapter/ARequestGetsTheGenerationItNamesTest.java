package dev.graft.inference.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.AdapterChange.Label;
import dev.graft.contracts.AdapterChange.Promote;
import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterChange.Share;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.contracts.TrafficShare;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ARequestGetsTheGenerationItNamesTest {
    private static final List<String> USERS =
            IntStream.range(0, 500).mapToObj(i -> "user-" + i).toList();

    @TempDir
    Path folder = Path.of("unset");

    @SuppressWarnings("NullAway.Init")
    private Instance instance;

    @BeforeEach
    void start() throws Exception {
        instance = new Instance(folder, Map.of());
        instance.change("a", instance.offer(instance.made(1), true));
        instance.change("a", instance.offer(instance.made(2), true));
        instance.change("a", instance.offer(instance.made(3), false));
        instance.change("a", new Label("stable", OptionalInt.of(1)));
    }

    @AfterEach
    void stop() {
        instance.close();
    }

    @Test
    void aNameANumberOrALabel() {
        assertThat(chosen("a")).isEqualTo(2);
        assertThat(chosen("a@1")).isEqualTo(1);
        assertThat(chosen("a@3")).isEqualTo(3);
        assertThat(chosen("a@stable")).isEqualTo(1);
    }

    @Test
    void theBaseModelsNameOrNoneIsTheBaseAlone() {
        assertThat(instance.adapters.choose(Optional.empty(), Optional.of("user"), "model"))
                .isEmpty();
        assertThat(instance.adapters.choose(Optional.of("SmolLM2-135M-Instruct.Q4_1"), Optional.empty(), "model"))
                .isEmpty();
    }

    @Test
    void whatIsNotThereIsRefusedWithWhatIs() {
        assertThat(refusal("b").remedy()).contains("SmolLM2-135M-Instruct.Q4_1, a,");
        assertThat(refusal("a@4").remedy()).contains("generations 1, 2, 3, labels stable");
        assertThat(refusal("a@next").remedy()).contains("labels stable");
        assertThat(refusal("a/b@c@d").remedy()).contains("SmolLM2");
        instance.change("a", new Retire(OptionalInt.of(3)));
        assertThat(refusal("a@3").remedy()).contains("is retired", "generations 1, 2");
        instance.change("a", new Retire(OptionalInt.empty()));
        assertThat(refusal("a").remedy()).contains("no live generation");
        for (String model : List.of("b", "a@4", "a@next", "a/b@c@d", "a@3", "a")) {
            assertThat(refusal(model).code()).isEqualTo("model_not_found");
            assertThat(refusal(model).value()).isEqualTo(model);
        }
    }

    @Test
    void anotherBasesAdapterIsNotServedHere() {
        instance.change("foreign", Entries.nowhere(1, true));
        assertThat(refusal("foreign").remedy()).contains("another base model");
    }

    @Test
    void aShareOfUsersGetsTheCandidateAndEachUserOneGeneration() {
        instance.change("a", new Share(3, 20));
        var share = new TrafficShare(3, 20);
        for (String user : USERS) {
            int expected = share.takes("a", user) ? 3 : 2;
            assertThat(chosenFor(user, "a")).isEqualTo(expected);
            assertThat(chosenFor(user, "a@2")).isEqualTo(2);
            assertThat(chosenFor(user, "a@stable")).isEqualTo(1);
        }
        assertThat(USERS).filteredOn(user -> chosenFor(user, "a") == 3).hasSizeBetween(60, 140);
        assertThat(chosen("a")).as("without a key").isEqualTo(2);
        instance.change("a", new Promote(3));
        assertThat(USERS).allMatch(user -> chosenFor(user, "a") == 3);
    }

    @Test
    void aCandidateThatCanNotBeLoadedFailsNobodyWhoDidNotAskForIt() throws Exception {
        Files.delete(instance.made(3).file());
        instance.change("a", new Share(3, 100));
        await().until(() -> instance.state("a", 3) instanceof LoadState.Failed);
        assertThat(chosenFor("user", "a")).isEqualTo(2);
        assertThat(chosenFor("user", "a@3")).isEqualTo(3);
    }

    @Test
    void beforeTheRegistryWasReadNobodyIsToldThatAnAdapterIsNotThere() {
        try (Instance fresh = Instance.unread(folder, Map.of())) {
            assertThat(fresh.adapters.choose(Optional.empty(), Optional.empty(), "model"))
                    .isEmpty();
            Fault fault = refusal(fresh, "a");
            assertThat(fault.code()).isEqualTo("registry_not_read");
            assertThat(fault.kind()).isEqualTo(FaultKind.CAPACITY);
        }
    }

    private int chosen(String model) {
        return instance.adapters
                .choose(Optional.of(model), Optional.empty(), "model")
                .orElseThrow()
                .generation();
    }

    private int chosenFor(String user, String model) {
        return instance.adapters
                .choose(Optional.of(model), Optional.of(user), "model")
                .orElseThrow()
                .generation();
    }

    private Fault refusal(String model) {
        return refusal(instance, model);
    }

    private static Fault refusal(Instance instance, String model) {
        try {
            throw new AssertionError(instance.adapters.choose(Optional.of(model), Optional.empty(), "model"));
        } catch (FaultException e) {
            return e.fault();
        }
    }
}
