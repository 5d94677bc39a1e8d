package dev.graft.training.observe;

import dev.graft.training.job.JobBook;
import dev.graft.training.job.JobStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code graft_training_jobs{status}}: the same on each instance, for each knows all jobs. */
@Singleton
class JobGauges {
    void start(@Observes StartupEvent event, MeterRegistry meters, JobBook book) {
        for (JobStatus status : JobStatus.values()) {
            Gauge.builder(MeterNames.JOBS, book, jobs -> count(jobs, status))
                    .tag("status", status.word())
                    .register(meters);
        }
    }

    private static long count(JobBook book, JobStatus status) {
        return book.all().stream().filter(job -> job.status() == status).count();
    }
}
