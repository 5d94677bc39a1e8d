package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One worker's turn at a job. Its number is the fence: what it says goes with it, and counts for nobody once a higher one has begun. Before anything that
 * others would see, it is asked whether it is still the job's.
 */
final class Attempt {
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);

    private final JobBook book;
    private final JobLog log;
    private final String job;
    private final Owner mine;
    private final BooleanSupplier stopping;

    /** @param stopping whether the service stops */
    Attempt(JobBook book, JobLog log, String job, Owner mine, BooleanSupplier stopping) {
        this.book = book;
        this.log = log;
        this.job = job;
        this.mine = mine;
        this.stopping = stopping;
    }

    String job() {
        return job;
    }

    String worker() {
        return mine.worker();
    }

    int number() {
        return mine.attempt();
    }

    /** Why it is to end here, as far as this instance has read. */
    Optional<Interruption> interruption() {
        if (lost()) {
            return Optional.of(Interruption.LOST);
        }
        Optional<TrainingControl> wish = book.wish(job);
        if (wish.filter(TrainingControl.Cancel.class::isInstance).isPresent()) {
            return Optional.of(Interruption.CANCEL);
        }
        if (wish.filter(TrainingControl.Pause.class::isInstance).isPresent()) {
            return Optional.of(Interruption.PAUSE);
        }
        return stopping.getAsBoolean() ? Optional.of(Interruption.GIVE_BACK) : Optional.empty();
    }

    /** @throws InterruptedRunException where it is to end, for whatever reason */
    void requireWanted() {
        interruption().ifPresent(why -> {
            throw new InterruptedRunException(why);
        });
    }

    /** @throws InterruptedRunException {@link Interruption#LOST} where the job is another's, or has ended */
    void requireMine() {
        if (lost()) {
            throw new InterruptedRunException(Interruption.LOST);
        }
    }

    /** Whether the job is another's, or has ended, as far as this instance has read. */
    boolean lost() {
        return book.find(job)
                .filter(known -> known.status().ended() || !known.owner().equals(mine))
                .isPresent();
    }

    /**
     * Says something, and returns when it is safe.
     *
     * @throws InterruptedRunException as {@link #requireMine}
     */
    void tell(TrainingEvent event) {
        requireMine();
        log.tell(event);
    }

    /** Says something on which nothing depends. */
    void mention(TrainingEvent event) {
        log.mention(event);
    }

    /**
     * Says something and waits until it comes back: whatever was said before it by others is known here then, however long this process was held up.
     *
     * @return whether it counts; where it does not, the job is another's
     * @throws FaultException {@link JobLog#UNREAD}
     */
    boolean confirmed(TrainingEvent event) throws InterruptedException {
        long position = log.tell(event);
        return book.awaitCounted(job, position, SEEN_WITHIN)
                .orElseThrow(() -> new FaultException(
                        Fault.capacity(JobLog.UNREAD, "the log of events can't be read: " + job + " waits for it")));
    }
}
