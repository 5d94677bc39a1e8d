package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.TrainingEvent;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Tells once why a job does not begin yet, and ends the wait where the job is wanted elsewhere. */
final class WaitingForMemory implements Consumer<Fault> {
    private final Attempt attempt;
    private final InstantSource clock;
    private String told = "";

    WaitingForMemory(Attempt attempt, InstantSource clock) {
        this.attempt = attempt;
        this.clock = clock;
    }

    /** @throws InterruptedRunException as {@link Attempt#requireWanted} */
    @Override
    public void accept(Fault reason) {
        attempt.requireWanted();
        if (!reason.remedy().equals(told)) {
            told = reason.remedy();
            attempt.tell(new TrainingEvent.Waiting(attempt.job(), clock.instant(), attempt.number(), told));
        }
    }
}
