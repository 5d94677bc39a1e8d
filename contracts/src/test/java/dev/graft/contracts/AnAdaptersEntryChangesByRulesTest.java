package dev.graft.contracts;

import static dev.graft.contracts.AdapterState.CANDIDATE;
import static dev.graft.contracts.AdapterState.LIVE;
import static dev.graft.contracts.AdapterState.RETIRED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.AdapterChange.Label;
import dev.graft.contracts.AdapterChange.Promote;
import dev.graft.contracts.AdapterChange.Register;
import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterChange.Rollback;
import dev.graft.contracts.AdapterChange.Share;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnAdaptersEntryChangesByRulesTest {
    private static final Instant AT = Instant.parse("2026-11-24T17:00:00Z");
    private static final OptionalInt NONE = OptionalInt.empty();

    @Test
    void theFirstGenerationIsLiveAtOnceOrWaits() {
        assertThat(after(live(1)).live()).map(AdapterGeneration::generation).contains(1);
        assertThat(after(waiting(1)).live()).isEmpty();
        assertThat(after(waiting(1)).revision()).isEqualTo(1);
    }

    @Test
    void aNewLiveGenerationMakesTheOldOneACandidateInOneRevision() {
        AdapterEntry entry = after(live(1), live(2));
        assertThat(states(entry)).containsExactly(CANDIDATE, LIVE);
        assertThat(entry.revision()).isEqualTo(2);
    }

    @Test
    void theSameFileAgainIsNoNewGeneration() {
        assertThat(after(live(1), live(1))).isEqualTo(after(live(1)));
        AdapterEntry promoted = after(waiting(1), live(1));
        assertThat(states(promoted)).containsExactly(LIVE);
        assertThat(states(after(live(1), new Retire(NONE), live(1)))).containsExactly(RETIRED, LIVE);
    }

    @Test
    void rollbacksGoBackOneByOneAndNotForthAgain() {
        AdapterEntry three = after(live(1), live(2), live(3));
        AdapterEntry two = next(three, new Rollback(NONE));
        AdapterEntry one = next(two, new Rollback(NONE));
        assertThat(two.live()).map(AdapterGeneration::generation).contains(2);
        assertThat(one.live()).map(AdapterGeneration::generation).contains(1);
        assertThat(fault(() -> next(one, new Rollback(NONE))).code()).isEqualTo("nothing_to_roll_back_to");
        assertThat(next(one, new Promote(3)).live())
                .map(AdapterGeneration::generation)
                .contains(3);
    }

    @Test
    void rollbackPassesOverWhatIsRetiredOrWasNeverLive() {
        AdapterEntry entry = after(live(1), live(2), waiting(3), live(4), new Retire(OptionalInt.of(2)));
        assertThat(next(entry, new Rollback(NONE)).live())
                .map(AdapterGeneration::generation)
                .contains(1);
        assertThat(fault(() -> next(entry, new Rollback(OptionalInt.of(3)))).code())
                .isEqualTo("nothing_to_roll_back_to");
        assertThat(next(entry, new Rollback(OptionalInt.of(2))).live())
                .map(AdapterGeneration::generation)
                .contains(2);
    }

    @Test
    void afterTheLiveOneIsRetiredARollbackBringsTheOneBefore() {
        AdapterEntry entry = after(live(1), live(2), new Retire(OptionalInt.of(2)));
        assertThat(entry.live()).isEmpty();
        assertThat(states(next(entry, new Rollback(NONE)))).containsExactly(LIVE, RETIRED);
    }

    @Test
    void retiringTakesLabelsAndShareWithIt() {
        AdapterEntry entry = after(
                live(1),
                waiting(2),
                new Label("stable", OptionalInt.of(1)),
                new Label("next", OptionalInt.of(2)),
                new Share(2, 20));
        AdapterEntry without = next(entry, new Retire(OptionalInt.of(2)));
        assertThat(without.labels()).isEqualTo(Map.of("stable", 1));
        assertThat(without.share()).isEmpty();
        AdapterEntry none = next(without, new Retire(NONE));
        assertThat(states(none)).containsExactly(RETIRED, RETIRED);
        assertThat(none.labels()).isEmpty();
    }

    @Test
    void labelsStandAtServedGenerationsAndMove() {
        AdapterEntry entry = after(live(1), waiting(2), new Label("next", OptionalInt.of(2)));
        assertThat(next(entry, new Label("next", OptionalInt.of(1))).labels()).isEqualTo(Map.of("next", 1));
        assertThat(next(entry, new Label("next", NONE)).labels()).isEmpty();
        assertThat(fault(() -> next(entry, new Label("other", NONE))).remedy()).contains("next");
        AdapterEntry retired = next(entry, new Retire(OptionalInt.of(2)));
        assertThat(fault(() -> next(retired, new Label("next", OptionalInt.of(2))))
                        .code())
                .isEqualTo("adapter_state");
    }

    @Test
    void aShareIsACandidatesAndEndsWhenItBecomesLive() {
        AdapterEntry entry = after(live(1), waiting(2), new Share(2, 10));
        assertThat(entry.share()).contains(new TrafficShare(2, 10));
        assertThat(next(entry, new Promote(2)).share()).isEmpty();
        assertThat(next(entry, new Share(2, 0)).share()).isEmpty();
        assertThat(fault(() -> next(entry, new Share(1, 10))).code()).isEqualTo("adapter_state");
        assertThat(fault(() -> next(entry, new Share(2, 101))).field()).isEqualTo("percent");
    }

    @Test
    void whatChangesNothingKeepsTheRevision() {
        AdapterEntry entry = after(live(1), waiting(2), new Share(2, 10), new Label("next", OptionalInt.of(2)));
        for (AdapterChange change : List.of(
                new Promote(1),
                new Share(2, 10),
                new Label("next", OptionalInt.of(2)),
                new Rollback(OptionalInt.of(1)))) {
            assertThat(next(entry, change)).isEqualTo(entry);
        }
        AdapterEntry none = next(entry, new Retire(NONE));
        assertThat(next(none, new Retire(NONE))).isEqualTo(none);
    }

    @Test
    void whatIsNotThereIsRefusedWithWhatIs() {
        AdapterEntry entry = after(live(1), live(2));
        assertThat(fault(() -> next(entry, new Promote(3)))).satisfies(fault -> {
            assertThat(fault.code()).isEqualTo("generation_not_found");
            assertThat(fault.remedy()).contains("1, 2");
        });
        assertThat(fault(() -> new Promote(1).apply("reviews", Optional.empty()))
                        .code())
                .isEqualTo("adapter_not_found");
    }

    @Test
    void oldGenerationsGoButNoneThatIsNeeded() {
        AdapterEntry entry = after(live(1), live(2), new Label("old", OptionalInt.of(1)));
        for (int i = 3; i <= 12; i++) {
            entry = next(entry, waiting(i));
        }
        assertThat(numbers(entry)).hasSize(AdapterEntry.MOST_GENERATIONS).contains(1, 2, 12);
        assertThat(entry.newest().generation()).isEqualTo(12);
        for (int number : numbers(entry)) {
            entry = next(entry, new Label("l" + number, OptionalInt.of(number)));
        }
        AdapterEntry full = entry;
        assertThat(fault(() -> next(full, waiting(13))).code()).isEqualTo("too_many_generations");
        assertThat(numbers(next(next(full, new Retire(OptionalInt.of(10))), waiting(13))))
                .doesNotContain(10)
                .contains(13);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", "a@b", ".hidden", "a b", "ä", "a\n"})
    void aNameThatIsNoFileNameOrModelNameIsRefused(String name) {
        assertThat(fault(() -> live(1).apply(name, Optional.empty())).code()).isEqualTo("invalid_adapter");
    }

    @Test
    void anExpectationFitsTheRevisionOrTheNewestGeneration() {
        Optional<AdapterEntry> labelled = Optional.of(after(live(1), live(2), new Label("next", OptionalInt.of(1))));
        assertThat(AdapterExpectation.revision(3).fits(labelled)).isTrue();
        assertThat(AdapterExpectation.revision(2).fits(labelled)).isFalse();
        assertThat(AdapterExpectation.generation(2).fits(labelled)).isTrue();
        assertThat(AdapterExpectation.generation(1).fits(labelled)).isFalse();
        assertThat(AdapterExpectation.NONE.fits(labelled)).isTrue();
        assertThat(AdapterExpectation.revision(0).fits(Optional.empty())).isTrue();
        assertThat(AdapterExpectation.generation(0).fits(labelled)).isFalse();
    }

    /** 20,000 seeded changes: whatever they are, an entry stays sound, and revisions go up by one where something changes. */
    @Test
    void noRowOfChangesBreaksAnEntry() {
        var random = new Random(5);
        AdapterEntry entry = after(live(1));
        int refused = 0;
        for (int i = 2; i < 20_000; i++) {
            AdapterChange change = any(random, i);
            AdapterEntry before = entry;
            try {
                entry = next(before, change);
            } catch (FaultException e) {
                assertThat(e.fault().kind()).isEqualTo(FaultKind.INPUT);
                refused++;
                continue;
            }
            assertThat(entry.revision()).isEqualTo(before.revision() + (entry.equals(before) ? 0 : 1));
            assertThat(EventJson.read(EventJson.write(entry), AdapterEntry.class))
                    .isEqualTo(entry);
        }
        assertThat(refused).isBetween(100, 15_000);
    }

    private static AdapterChange any(Random random, int i) {
        int generation = Math.max(1, i / 7 - random.nextInt(10));
        OptionalInt some = random.nextInt(4) == 0 ? NONE : OptionalInt.of(generation);
        return switch (random.nextInt(7)) {
            case 0 -> live(i);
            case 1 -> waiting(i);
            case 2 -> new Promote(generation);
            case 3 -> new Rollback(some);
            case 4 -> random.nextInt(3) == 0 ? new Retire(some) : new Promote(generation);
            case 5 -> new Label("l" + random.nextInt(20), some);
            default -> new Share(generation, random.nextInt(101));
        };
    }

    static Register live(int file) {
        return new Register(offer(file), true, AT);
    }

    static Register waiting(int file) {
        return new Register(offer(file), false, AT);
    }

    static AdapterOffer offer(int file) {
        return new AdapterOffer(
                "b".repeat(64),
                String.format("%064x", file),
                1000,
                16,
                List.of("q", "v"),
                URI.create("file:///adapters/" + file + ".gguf"),
                AdapterLineage.unknown());
    }

    private static AdapterEntry after(AdapterChange... changes) {
        Optional<AdapterEntry> entry = Optional.empty();
        for (AdapterChange change : changes) {
            entry = Optional.of(change.apply("reviews", entry));
        }
        return entry.orElseThrow();
    }

    private static AdapterEntry next(AdapterEntry entry, AdapterChange change) {
        return change.apply("reviews", Optional.of(entry));
    }

    private static List<AdapterState> states(AdapterEntry entry) {
        return entry.generations().stream().map(AdapterGeneration::state).toList();
    }

    private static List<Integer> numbers(AdapterEntry entry) {
        return new ArrayList<>(
                entry.generations().stream().map(AdapterGeneration::generation).toList());
    }

    private static Fault fault(ThrowingCallable call) {
        FaultException thrown = catchThrowableOfType(FaultException.class, call);
        assertThat(thrown).isNotNull();
        return thrown.fault();
    }
}
