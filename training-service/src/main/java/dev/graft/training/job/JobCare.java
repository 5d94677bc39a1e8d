package dev.graft.training.job;

import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Does what is wanted of jobs that no worker has: ends them, and queues paused ones again. Each instance does so, for any of them may be the last one
 * left; a second time changes nothing, see {@link Worker}.
 */
public final class JobCare {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

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
        for (Job job : book.awaitWishes(LOOK_AGAIN)) {
            book.wish(job.id()).ifPresent(wish -> fulfil(job, wish));
        }
        // What is wanted of a job that a worker has, is that worker's to do.
        Thread.sleep(Duration.ofMillis(50));
    }

    private void fulfil(Job job, TrainingControl wish) {
        boolean free = job.status() == JobStatus.QUEUED || job.status() == JobStatus.PAUSED;
        switch (wish) {
            case TrainingControl.Cancel cancel
            when free -> log.tell(new TrainingEvent.Cancelled(job.id(), clock.instant()));
            case TrainingControl.Pause pause
            when job.status() == JobStatus.QUEUED ->
                log.tell(new TrainingEvent.Paused(
                        job.id(), clock.instant(), job.pace().step()));
            case TrainingControl.Resume resume
            when job.status() == JobStatus.PAUSED -> {
                log.tell(new TrainingEvent.Queued(
                        job.id(), clock.instant(), job.request(), job.owner().attempt()));
                log.ask(job.request());
            }
            default -> {}
        }
    }
}
