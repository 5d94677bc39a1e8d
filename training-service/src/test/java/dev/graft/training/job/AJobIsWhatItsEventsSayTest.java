package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.Fault;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingData;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.contracts.TrainingRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AJobIsWhatItsEventsSayTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final TrainingRequest REQUEST = new TrainingRequest(
            "job",
            "reviews",
            Optional.empty(),
            new TrainingData(
                    "file-1",
                    Optional.empty(),
                    OptionalDouble.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    private static final TrainingEvent.Arithmetic ARITHMETIC =
            new TrainingEvent.Arithmetic(TrainingRecipe.Precision.FP32, 2, "a".repeat(64));

    private long nanos;
    private final JobBook book = new JobBook(() -> nanos);
    private long position;

    @Test
    void itGoesFromQueuedToSucceeded() {
        tell(queued(0));
        assertThat(status()).isEqualTo(JobStatus.QUEUED);
        tell(new TrainingEvent.Validating("job", NOW, "a", 1));
        assertThat(status()).isEqualTo(JobStatus.VALIDATING_FILES);
        tell(running("a", 1));
        tell(step(1, 3));
        assertThat(job().pace()).isEqualTo(new Job.Pace(3, 10, 300, 7));
        tell(succeeded(1));
        assertThat(status()).isEqualTo(JobStatus.SUCCEEDED);
    }

    @Test
    void whatFollowsItsEndIsPassedOver() {
        tell(queued(0));
        tell(new TrainingEvent.Cancelled("job", NOW));
        tell(running("a", 1));
        tell(new TrainingEvent.Failed("job", NOW, 1, Fault.internal("late", "late")));

        assertThat(status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(book.events("job", -1)).hasSize(2);
    }

    @Test
    void ofTwoWorkersTheFirstOfTheHigherAttemptHasIt() {
        tell(queued(0));
        tell(running("a", 1));
        tell(running("b", 1));
        assertThat(job().owner()).isEqualTo(new Owner("a", 1));
        tell(running("c", 2));
        assertThat(job().owner()).isEqualTo(new Owner("c", 2));
    }

    @Test
    void ofTwoWorkersThatTakeItTheFirstHasItAndNoneHasWhatIsPaused() {
        tell(queued(0));
        tell(taken("a", 1));
        tell(taken("b", 1));
        assertThat(job().owner()).isEqualTo(new Owner("a", 1));
        assertThat(book.events("job", -1)).hasSize(2);
        tell(new TrainingEvent.Paused("job", NOW, 1, 0));
        tell(taken("b", 2));
        assertThat(status()).isEqualTo(JobStatus.PAUSED);
        assertThat(job().owner()).isEqualTo(new Owner("a", 1));
    }

    @Test
    void nothingCountsThatAnAttemptSaysWhichIsOver() {
        tell(queued(0));
        tell(taken("a", 1));
        tell(running("a", 1));
        tell(taken("b", 2));
        tell(running("b", 2));
        tell(step(2, 1));
        Job before = job();

        tell(step(1, 9));
        tell(running("a", 1));
        tell(new TrainingEvent.Paused("job", NOW, 1, 9));
        tell(new TrainingEvent.Failed("job", NOW, 1, Fault.internal("late", "late")));
        tell(succeeded(1));

        assertThat(job()).isEqualTo(before);
        assertThat(book.events("job", -1)).hasSize(6);
        tell(succeeded(2));
        assertThat(status()).isEqualTo(JobStatus.SUCCEEDED);
    }

    @Test
    void aWordOfNoAttemptIsNobodys() {
        tell(queued(0));
        tell(taken("a", 1));
        tell(new TrainingEvent.Failed("job", NOW, 0, Fault.internal("late", "late")));
        tell(taken("b", 0));

        assertThat(status()).isEqualTo(JobStatus.VALIDATING_FILES);
        assertThat(job().owner()).isEqualTo(new Owner("a", 1));
    }

    @Test
    void aPauseThatComesTooLateLeavesTheWishToWhoHasTheJobNow() {
        tell(queued(0));
        book.wish(new TrainingControl.Pause("job"), NOW);
        tell(taken("a", 1));
        tell(new TrainingEvent.Paused("job", NOW.plusMillis(1), 1, 0));
        assertThat(status()).isEqualTo(JobStatus.PAUSED);
        tell(queued(1));
        book.wish(new TrainingControl.Pause("job"), NOW.plusMillis(2));
        tell(taken("a", 2));
        tell(new TrainingEvent.Paused("job", NOW.plusMillis(3), 1, 0));

        assertThat(status()).isEqualTo(JobStatus.VALIDATING_FILES);
        assertThat(book.wish("job")).contains(new TrainingControl.Pause("job"));
    }

    @Test
    void itIsToldWhetherAnEventCountsOnceItIsRead() throws InterruptedException {
        tell(queued(0));
        tell(taken("a", 1));
        tell(taken("b", 1));

        assertThat(book.awaitCounted("job", 1, Duration.ofSeconds(1))).contains(true);
        assertThat(book.awaitCounted("job", 2, Duration.ofSeconds(1))).contains(false);
        assertThat(book.awaitCounted("job", 3, Duration.ofMillis(1))).isEmpty();
    }

    @Test
    void attemptsInARowThatSaveNothingAreCounted() {
        tell(queued(0));
        for (int attempt = 1; attempt <= 4; attempt++) {
            tell(taken("w" + attempt, attempt));
        }
        assertThat(job().fruitless()).isEqualTo(4);
        tell(new TrainingEvent.Checkpoint("job", NOW, 4, 3));
        assertThat(job().fruitless()).isZero();
        tell(taken("w5", 5));
        tell(queued(5)); // given back
        assertThat(job().fruitless()).isZero();
    }

    @Test
    void whatItIsComputedWithIsWhatTheFirstSaid() {
        var first = new TrainingEvent.Arithmetic(TrainingRecipe.Precision.BF16, 2, "a".repeat(64));
        var other = new TrainingEvent.Arithmetic(TrainingRecipe.Precision.FP32, 8, "a".repeat(64));
        tell(queued(0));
        tell(taken("a", 1));
        tell(new TrainingEvent.Running("job", NOW, "a", 1, 0, 10, OptionalLong.empty(), first));
        tell(taken("b", 2));
        tell(new TrainingEvent.Running("job", NOW, "b", 2, 0, 10, OptionalLong.empty(), other));

        assertThat(job().arithmetic()).contains(first);
    }

    @Test
    void queuedByAnAttemptThatIsOverChangesNothing() {
        tell(queued(0));
        tell(running("a", 1));
        tell(queued(1));
        assertThat(status()).isEqualTo(JobStatus.QUEUED);
        tell(running("b", 2));
        tell(queued(1));
        assertThat(status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void anEventThatIsReadAgainChangesNothing() {
        tell(queued(0));
        book.record(new RecordedEvent(0, running("a", 1)));
        assertThat(status()).isEqualTo(JobStatus.QUEUED);
    }

    @Test
    void aWishStandsUntilItIsFulfilledAndNothingTakesBackACancel() {
        tell(queued(0));
        tell(running("a", 1));
        book.wish(new TrainingControl.Pause("job"), NOW);
        assertThat(book.wish("job")).contains(new TrainingControl.Pause("job"));
        tell(new TrainingEvent.Paused("job", NOW.plusMillis(1), 1, 3));
        assertThat(book.wish("job")).isEmpty();
        book.wish(new TrainingControl.Cancel("job"), NOW);
        book.wish(new TrainingControl.Resume("job"), NOW);
        assertThat(book.wish("job")).contains(new TrainingControl.Cancel("job"));
    }

    @Test
    void aPauseThatHappenedBeforeItWasAskedForAgainFulfilsNothing() {
        // As when all is read from the beginning: words first, then what happened.
        book.wish(new TrainingControl.Pause("job"), NOW.plusSeconds(60));
        tell(queued(0));
        tell(new TrainingEvent.Paused("job", NOW, 0, 3));

        assertThat(book.wish("job")).isPresent();
    }

    @Test
    void whatItsProcessTakesIsKnownAsEstimatedAndAsUsed() {
        tell(queued(0));
        tell(running("a", 1));
        assertThat(job().memory()).isEqualTo(new Job.Memory(OptionalLong.of(4000), OptionalLong.empty()));
        tell(step(1, 3));
        assertThat(job().memory()).isEqualTo(new Job.Memory(OptionalLong.of(4000), OptionalLong.of(5000)));
    }

    @Test
    void aWordToAJobThatNeverComesIsForgotten() {
        book.wish(new TrainingControl.Cancel("nobody"), NOW);
        nanos += Duration.ofMinutes(9).toNanos();
        book.wish(new TrainingControl.Cancel("job"), NOW);
        assertThat(book.wish("nobody")).as("it may come yet").isPresent();

        tell(queued(0));
        nanos += Duration.ofMinutes(2).toNanos();
        book.wish(new TrainingControl.Cancel("another"), NOW);

        assertThat(book.wish("nobody")).isEmpty();
        assertThat(book.wish("job")).as("of one that is known").isPresent();
    }

    @Test
    void aWordToAJobThatHasEndedIsNotKept() {
        tell(queued(0));
        tell(new TrainingEvent.Cancelled("job", NOW));
        book.wish(new TrainingControl.Pause("job"), NOW);

        assertThat(book.wish("job")).isEmpty();
    }

    @Test
    void ofALongJobEachEventIsKeptButForSomeSteps() {
        tell(queued(0));
        tell(running("a", 1));
        for (int step = 1; step <= 10_000; step++) {
            tell(new TrainingEvent.Step(
                    "job", NOW, 1, step, 10_000, 0.5, 1e-4, 1, 100, 7, 300, OptionalLong.empty(), List.of()));
            if (step % 1000 == 0) {
                tell(new TrainingEvent.Checkpoint("job", NOW, 1, step));
            }
        }
        assertThat(book.events("job", -1)).hasSizeBetween(500, 2001);
        tell(succeeded(1));

        List<TrainingEvent> kept =
                book.events("job", -1).stream().map(RecordedEvent::event).toList();
        assertThat(kept).hasSizeLessThan(301);
        assertThat(kept.getFirst()).isInstanceOf(TrainingEvent.Queued.class);
        assertThat(kept).filteredOn(TrainingEvent.Checkpoint.class::isInstance).hasSize(10);
        assertThat(kept)
                .filteredOn(e -> e instanceof TrainingEvent.Step s && s.step() % 1000 == 0)
                .hasSize(10);
    }

    private static TrainingEvent queued(int attempt) {
        return new TrainingEvent.Queued("job", NOW, REQUEST, attempt);
    }

    private static TrainingEvent running(String worker, int attempt) {
        return new TrainingEvent.Running("job", NOW, worker, attempt, 0, 10, OptionalLong.of(4000), ARITHMETIC);
    }

    private static TrainingEvent step(int attempt, int step) {
        return new TrainingEvent.Step(
                "job", NOW, attempt, step, 10, 0.5, 1e-4, 1, 100, 7, 300, OptionalLong.of(5000), List.of());
    }

    private static TrainingEvent succeeded(int attempt) {
        return new TrainingEvent.Succeeded(
                "job", NOW, attempt, "reviews", 2, "a".repeat(64), 10, 1000, Optional.empty(), List.of());
    }

    private static TrainingEvent taken(String worker, int attempt) {
        return new TrainingEvent.Validating("job", NOW, worker, attempt);
    }

    private void tell(TrainingEvent event) {
        book.record(new RecordedEvent(position++, event));
    }

    private Job job() {
        return book.find("job").orElseThrow();
    }

    private JobStatus status() {
        return job().status();
    }
}
