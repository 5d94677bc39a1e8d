package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a job: its events, one after the other.
 *
 * @param request what is to be done
 * @param status how it stands
 * @param createdAt when it was first queued
 * @param owner who has it, or had it last
 * @param pace how far it is
 * @param memory what its worker's process takes
 * @param fruitless attempts in a row, the last included, that saved nothing and did not leave the job by a word
 * @param arithmetic what it is computed with, once a worker has begun to
 * @param end what came of it, once it has ended
 */
public record Job(
        TrainingRequest request,
        JobStatus status,
        Instant createdAt,
        Owner owner,
        Pace pace,
        Memory memory,
        int fruitless,
        Optional<TrainingEvent.Arithmetic> arithmetic,
        Optional<End> end) {
    /**
     * How far a job is.
     *
     * @param step the last one done
     * @param steps there are in all; 0 as long as nobody knows
     * @param trainedTokens of all steps
     * @param secondsLeft as far as is known; below 0: nobody knows
     */
    public record Pace(int step, int steps, long trainedTokens, double secondsLeft) {
        static final Pace NONE = new Pace(0, 0, 0, -1);
    }

    /**
     * Memory of the process that trains it: of the JVM, and of what else it trains meanwhile, included.
     *
     * @param estimated bytes, told before the first step; absent as long as nobody knows
     * @param used the most bytes after any step
     */
    public record Memory(OptionalLong estimated, OptionalLong used) {
        static final Memory UNKNOWN = new Memory(OptionalLong.empty(), OptionalLong.empty());
    }

    /**
     * What came of a job.
     *
     * @param at when
     * @param adapter where it succeeded
     * @param fault where it failed
     */
    public record End(Instant at, Optional<TrainingEvent.Succeeded> adapter, Optional<Fault> fault) {}

    /** A job whose first event this is. */
    static Job queued(TrainingEvent.Queued event) {
        return new Job(
                event.request(),
                JobStatus.QUEUED,
                event.at(),
                Owner.NONE,
                Pace.NONE,
                Memory.UNKNOWN,
                0,
                Optional.empty(),
                Optional.empty());
    }

    public String id() {
        return request.id();
    }

    /** Whether an event counts: what an attempt says that is over does not, nor does what says nothing new, nor what follows the end. */
    boolean counts(TrainingEvent event) {
        if (status.ended()) {
            return false;
        }
        return switch (event) {
            case TrainingEvent.Queued e -> status != JobStatus.QUEUED && e.attempt() >= owner.attempt();
            case TrainingEvent.Validating e -> status != JobStatus.PAUSED && e.attempt() > owner.attempt();
            case TrainingEvent.Validated e -> current(e.attempt());
            case TrainingEvent.Waiting e -> current(e.attempt());
            case TrainingEvent.Running e ->
                owner.equals(new Owner(e.worker(), e.attempt())) || e.attempt() > owner.attempt();
            case TrainingEvent.Step e -> current(e.attempt());
            case TrainingEvent.Evaluation e -> current(e.attempt());
            case TrainingEvent.Checkpoint e -> current(e.attempt());
            case TrainingEvent.Paused e -> status != JobStatus.PAUSED && current(e.attempt());
            case TrainingEvent.Succeeded e -> current(e.attempt());
            case TrainingEvent.Failed e -> current(e.attempt());
            case TrainingEvent.Cancelled e -> true;
        };
    }

    private boolean current(int attempt) {
        return attempt == owner.attempt();
    }

    /** What it is after an event that counts. */
    Job after(TrainingEvent event) {
        return switch (event) {
            case TrainingEvent.Queued e -> left(JobStatus.QUEUED);
            case TrainingEvent.Validating e ->
                with(JobStatus.VALIDATING_FILES, new Owner(e.worker(), e.attempt()), fruitless + 1);
            case TrainingEvent.Validated e -> this;
            case TrainingEvent.Waiting e -> this;
            case TrainingEvent.Running e -> running(e);
            case TrainingEvent.Step e -> stepped(e);
            case TrainingEvent.Evaluation e -> this;
            case TrainingEvent.Checkpoint e -> with(status, owner, 0);
            case TrainingEvent.Paused e -> left(JobStatus.PAUSED);
            case TrainingEvent.Succeeded e ->
                ended(JobStatus.SUCCEEDED, new End(e.at(), Optional.of(e), Optional.empty()));
            case TrainingEvent.Failed e ->
                ended(JobStatus.FAILED, new End(e.at(), Optional.empty(), Optional.of(e.fault())));
            case TrainingEvent.Cancelled e ->
                ended(JobStatus.CANCELLED, new End(e.at(), Optional.empty(), Optional.empty()));
        };
    }

    private Job running(TrainingEvent.Running event) {
        var now = new Owner(event.worker(), event.attempt());
        var here = new Pace(event.step(), event.steps(), pace.trainedTokens(), -1);
        var expected = new Memory(event.estimatedBytes(), memory.used());
        Optional<TrainingEvent.Arithmetic> first = Optional.of(arithmetic.orElse(event.arithmetic()));
        int lost = now.equals(owner) ? fruitless : fruitless + 1;
        return new Job(request, JobStatus.RUNNING, createdAt, now, here, expected, lost, first, end);
    }

    private Job stepped(TrainingEvent.Step event) {
        var here = new Pace(event.step(), event.steps(), event.trainedTokens(), event.secondsLeft());
        var taken = new Memory(memory.estimated(), event.residentBytes());
        return new Job(request, status, createdAt, owner, here, taken, fruitless, arithmetic, end);
    }

    private Job left(JobStatus next) {
        return with(next, owner, 0);
    }

    private Job with(JobStatus status, Owner owner, int fruitless) {
        return new Job(request, status, createdAt, owner, pace, memory, fruitless, arithmetic, end);
    }

    private Job ended(JobStatus next, End how) {
        return new Job(request, next, createdAt, owner, pace, memory, fruitless, arithmetic, Optional.of(how));
    }
}
