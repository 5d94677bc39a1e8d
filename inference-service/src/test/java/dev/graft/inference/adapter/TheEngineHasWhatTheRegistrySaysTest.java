package dev.graft.inference.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.AdapterChange.Label;
import dev.graft.contracts.AdapterChange.Promote;
import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterChange.Rollback;
import dev.graft.contracts.AdapterChange.Share;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.inference.adapter.LoadState.Failed;
import dev.graft.inference.adapter.LoadState.Loaded;
import dev.graft.inference.adapter.LoadState.OtherBase;
import dev.graft.inference.adapter.LoadState.Waiting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheEngineHasWhatTheRegistrySaysTest {
    @TempDir
    Path folder = Path.of("unset");

    @SuppressWarnings("NullAway.Init")
    private Instance instance;

    @BeforeEach
    void start() {
        instance = new Instance(folder, Map.of());
    }

    @AfterEach
    void stop() {
        instance.close();
    }

    @Test
    void aNewLiveGenerationIsLoadedBesideTheOldOne() throws Exception {
        instance.change("a", instance.offer(instance.made(1), true));
        awaitLoaded(instance.ref("a", 1));
        instance.change("a", instance.offer(instance.made(2), true));
        awaitLoaded(instance.ref("a", 1), instance.ref("a", 2));
        instance.change("a", new Rollback(OptionalInt.empty()));
        assertThat(instance.state("a", 1)).isInstanceOf(Loaded.class);
        assertThat(instance.engine.taken).hasSize(2);
    }

    @Test
    void aCandidateIsLoadedOnceItHasALabelOrAShareOrSomebodyAsksForIt() throws Exception {
        instance.change("a", instance.offer(instance.made(1), true));
        for (int seed = 2; seed <= 4; seed++) {
            instance.change("a", instance.offer(instance.made(seed), false));
        }
        awaitLoaded(instance.ref("a", 1));
        instance.change("a", new Label("next", OptionalInt.of(2)));
        instance.change("a", new Share(3, 10));
        awaitLoaded(instance.ref("a", 1), instance.ref("a", 2), instance.ref("a", 3));
        assertThat(instance.state("a", 4)).isInstanceOf(Waiting.class);
        instance.adapters.await(instance.ref("a", 4), soon());
        assertThat(instance.engine.loaded()).contains(instance.ref("a", 4));
    }

    @Test
    void manyRequestsLoadItOnce() throws Exception {
        instance.change("a", instance.offer(instance.made(1), false));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> waiting = IntStream.range(0, 50)
                    .<Future<?>>mapToObj(_ -> threads.submit(() -> {
                        instance.adapters.await(instance.ref("a", 1), soon());
                        return null;
                    }))
                    .toList();
            for (Future<?> one : waiting) {
                one.get();
            }
        }
        assertThat(instance.engine.taken).hasSize(1);
    }

    @Test
    void whatIsRetiredIsUnloadedAndNoOneWaitsForIt() throws Exception {
        instance.change("a", instance.offer(instance.made(1), true));
        AdapterRef one = instance.ref("a", 1);
        awaitLoaded(one);
        instance.change("a", new Retire(OptionalInt.empty()));
        awaitLoaded();
        assertThatThrownBy(() -> instance.adapters.await(one, soon()))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining("model_not_found");
        instance.change("a", new Promote(1));
        awaitLoaded(one);
    }

    @Test
    void whoWantsItBackWhileItGoesGetsIt() throws Exception {
        instance.change("a", instance.offer(instance.made(1), true));
        AdapterRef one = instance.ref("a", 1);
        awaitLoaded(one);
        Thread back = new Thread(() -> {
            instance.change("a", new Promote(1));
            try {
                instance.adapters.await(one, soon());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        instance.engine.unloading = () -> {
            instance.engine.unloading = () -> {};
            back.start();
            try {
                var _ = back.join(Duration.ofMillis(500));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        instance.change("a", new Retire(OptionalInt.empty()));
        await().until(() -> back.getState() == Thread.State.TERMINATED);
        assertThat(instance.state("a", 1)).isInstanceOf(Loaded.class);
        awaitLoaded(one);
    }

    @Test
    void whatTheEngineLosesIsFetchedAndCheckedAgain() throws Exception {
        MadeAdapter made = instance.made(1);
        instance.change("a", instance.offer(made, true));
        AdapterRef one = instance.ref("a", 1);
        awaitLoaded(one);
        Path kept = folder.resolve("home/adapters/" + made.sha256() + ".gguf");
        Files.writeString(kept, "something else");

        instance.engine.lose(one);
        awaitLoaded(one);

        assertThat(kept).hasSameBinaryContentAs(made.file());
        instance.adapters.await(one, soon());
        assertThat(instance.engine.taken).hasSize(2);
    }

    @Test
    void whatThereIsNoMemoryForIsTriedAgain() throws Exception {
        instance.engine.loading = () -> {
            instance.engine.loading = () -> {};
            throw new OutOfMemoryError("said by a test");
        };
        instance.change("a", instance.offer(instance.made(1), true));
        awaitLoaded(instance.ref("a", 1));
        await().untilAsserted(() -> assertThat(instance.state("a", 1)).isInstanceOf(Loaded.class));
        assertThat(instance.failed).hasSize(1);
    }

    @Test
    void anAdapterThatIsTakenAwayIsUnloaded() throws Exception {
        instance.change("a", instance.offer(instance.made(1), true));
        awaitLoaded(instance.ref("a", 1));
        instance.registry.remove("a");
        awaitLoaded();
    }

    @Test
    void aSourceThatIsAwayIsTriedAgain() throws Exception {
        MadeAdapter late = instance.made(1);
        Path away = Files.move(late.file(), folder.resolve("away.gguf"));
        instance.change("a", instance.offer(late, true));
        await().until(() -> instance.state("a", 1) instanceof Failed failed && !failed.lasting());
        Files.move(away, late.file());
        awaitLoaded(instance.ref("a", 1));
        assertThat(instance.failed).isNotEmpty();
    }

    @Test
    void anEngineWithoutRoomIsAskedAgain() throws Exception {
        instance.engine.full.add("a");
        instance.change("a", instance.offer(instance.made(1), true));
        await().until(() -> instance.state("a", 1) instanceof Failed);
        assertThatThrownBy(() -> instance.adapters.await(instance.ref("a", 1), soon()))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(FaultKind.CAPACITY));
        instance.engine.full.clear();
        awaitLoaded(instance.ref("a", 1));
    }

    @Test
    void aFileThatIsNoAdapterFailsForGoodAndTakesNothingElseWithIt() throws Exception {
        MadeAdapter good = instance.made(1);
        Path bad = Files.writeString(folder.resolve("shared/bad.gguf"), "GGUF and then nothing");
        String sha256 = dev.graft.inference.adapter.files.Sha256.of(bad);
        instance.change("bad", Entries.register(instance.base.sha256(), sha256, bad.toUri(), true));
        instance.change("good", instance.offer(good, true));
        awaitLoaded(instance.ref("good", 1));
        await().until(() -> instance.state("bad", 1) instanceof Failed failed && failed.lasting());
        assertThat(instance.state("bad", 1))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.fault().code()).isEqualTo("adapter_refused"));
        await().until(instance.loader::ready);
    }

    @Test
    void anotherBasesAdaptersAreLeftAlone() throws Exception {
        instance.change("a", Entries.nowhere(1, true));
        instance.change("b", instance.offer(instance.made(1), true));
        awaitLoaded(instance.ref("b", 1));
        assertThat(instance.state("a", 1)).isInstanceOf(OtherBase.class);
        assertThat(instance.failed).isEmpty();
        await().until(instance.loader::ready);
    }

    @Test
    void readinessWaitsForTheRegistryAndItsLiveOnes() throws Exception {
        MadeAdapter late = instance.made(1);
        Path away = Files.move(late.file(), folder.resolve("away.gguf"));
        try (Instance other = Instance.unread(folder, Map.of())) {
            MadeAdapter here = other.made(2);
            assertThat(other.loader.ready()).isFalse();
            other.registry.replaceAll(List.of(
                    Entries.after("here", other.offer(here, true)), Entries.after("late", other.offer(late, true))));
            await().until(() -> other.state("here", 1) instanceof Loaded && other.state("late", 1) instanceof Failed);
            assertThat(other.loader.ready()).isFalse();
            Files.move(away, late.file());
            await().atMost(Duration.ofSeconds(30)).until(other.loader::ready);
            assertThat(other.state("late", 1)).isInstanceOf(Loaded.class);
        }
    }

    @Test
    void readinessDoesNotWaitForEverForAFileThatCanNotBeHad() throws Exception {
        MadeAdapter gone = instance.made(1);
        Files.delete(gone.file());
        try (Instance other = Instance.unread(folder, Map.of("graft.adapters.patience", "1S"))) {
            other.registry.replaceAll(List.of(Entries.after("gone", other.offer(gone, true))));
            await().atMost(Duration.ofSeconds(30)).until(other.loader::ready);
            assertThat(other.state("gone", 1)).isInstanceOf(Failed.class);
        }
    }

    private void awaitLoaded(AdapterRef... refs) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(instance.engine.loaded()).containsExactlyInAnyOrder(refs));
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(30);
    }
}
