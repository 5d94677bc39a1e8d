package dev.graft.training.job;

import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Does what is wanted of jobs that no worker has: ends them, and queues paused ones again. Each instance does so, for any of them may be the last one
 * left; only the first word counts, and none that is said after a worker has begun, see {@link Job#counts}.
 */
public final class JobCare {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
    private static final Duration UNTIL_READ = Duration.ofMillis(50);

    private final JobBook book;
    private final JobLog log;
    private final InstantSource clock;

    public JobCare(JobBook book, JobLog log, InstantSource clock) {
        this.book = book;
        this.log = log;
        this.clock = clock;
    }

    /** Looks once, after waiting a while where nothing is wanted. */
    public void look() throws InterruptedException {
        List<Job> wanted = book.awaitWishes(LOOK_AGAIN);
        for (Job job : wanted) {
            book.wish(job.id()).ifPresent(wish -> fulfil(job, wish));
        }
        if (!wanted.isEmpty()) {
            Thread.sleep(UNTIL_READ); // what was told comes back as an event: by then the wish is gone
        }
    }

    private void fulfil(Job job, TrainingControl wish) {
        switch (wish) {
            case TrainingControl.Cancel cancel
            when job.status().free() -> log.tell(new TrainingEvent.Cancelled(job.id(), clock.instant()));
            case TrainingControl.Pause pause
            when job.status() == JobStatus.QUEUED ->
                log.tell(new TrainingEvent.Paused(
                        job.id(),
                        clock.instant(),
                        job.owner().attempt(),
                        job.pace().step()));
            case TrainingControl.Resume resume
            when job.status() == JobStatus.PAUSED ->
                // Another instance's as well, then: of two words the first counts, and of two takers the first has it.
                log.queue(new TrainingEvent.Queued(
                        job.id(), clock.instant(), job.request(), job.owner().attempt()));
            default -> {}
        }
    }
}
