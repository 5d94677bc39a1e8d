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
 * @param end what came of it, once it has ended
 */
public record Job(
        TrainingRequest request,
        JobStatus status,
        Instant createdAt,
        Owner owner,
        Pace pace,
        Memory memory,
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
     * Memory of the process that trains it, the JVM included.
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
                event.request(), JobStatus.QUEUED, event.at(), Owner.NONE, Pace.NONE, Memory.UNKNOWN, Optional.empty());
    }

    public String id() {
        return request.id();
    }

    /** What it is after this event; the same where the event says nothing new. */
    Job after(TrainingEvent event) {
        if (status.ended()) {
            return this;
        }
        return switch (event) {
            case TrainingEvent.Queued e -> e.attempt() < owner.attempt() ? this : standing(JobStatus.QUEUED);
            case TrainingEvent.Validating e -> standing(JobStatus.VALIDATING_FILES);
            case TrainingEvent.Validated e -> this;
            case TrainingEvent.Running e -> taken(e);
            case TrainingEvent.Step e -> stepped(e);
            case TrainingEvent.Evaluation e -> this;
            case TrainingEvent.Checkpoint e -> this;
            case TrainingEvent.Paused e -> standing(JobStatus.PAUSED);
            case TrainingEvent.Succeeded e ->
                ended(JobStatus.SUCCEEDED, new End(e.at(), Optional.of(e), Optional.empty()));
            case TrainingEvent.Failed e ->
                ended(JobStatus.FAILED, new End(e.at(), Optional.empty(), Optional.of(e.fault())));
            case TrainingEvent.Cancelled e ->
                ended(JobStatus.CANCELLED, new End(e.at(), Optional.empty(), Optional.empty()));
        };
    }

    /** The higher attempt has it; of two with the same, the first. */
    private Job taken(TrainingEvent.Running event) {
        if (event.attempt() <= owner.attempt()) {
            return this;
        }
        var now = new Owner(event.worker(), event.attempt());
        var here = new Pace(event.step(), event.steps(), pace.trainedTokens(), -1);
        var expected = new Memory(event.estimatedBytes(), OptionalLong.empty());
        return new Job(request, JobStatus.RUNNING, createdAt, now, here, expected, end);
    }

    private Job stepped(TrainingEvent.Step event) {
        var here = new Pace(event.step(), event.steps(), event.trainedTokens(), event.secondsLeft());
        var taken = new Memory(memory.estimated(), event.residentBytes());
        return new Job(request, status, createdAt, owner, here, taken, end);
    }

    private Job standing(JobStatus next) {
        return new Job(request, next, createdAt, owner, pace, memory, end);
    }

    private Job ended(JobStatus next, End how) {
        return new Job(request, next, createdAt, owner, pace, memory, Optional.of(how));
    }
}
