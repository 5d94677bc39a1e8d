package dev.graft.training.events;

import dev.graft.training.job.JobBook;
import dev.graft.training.job.JobLog;
import dev.graft.training.job.Worker;
import dev.graft.training.settings.TrainingSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/** Opens the door for jobs when the service starts, and closes it before anything else stops. */
@ApplicationScoped
class KafkaDoor {
    private final TrainingSettings settings;
    private final JobBook book;
    private final Tracing tracing;
    private final KafkaLog log;
    private volatile @Nullable JobDoor door;

    KafkaDoor(TrainingSettings settings, JobBook book, OpenTelemetry telemetry) {
        this.settings = settings;
        this.book = book;
        this.tracing = new Tracing(telemetry);
        this.log = new KafkaLog(new Connections(settings.kafka()), tracing, InstantSource.system());
    }

    @Produces
    @Singleton
    JobLog log() {
        return log;
    }

    @Produces
    @Singleton
    @Readiness
    HealthCheck ready() {
        return () -> {
            JobDoor open = door;
            return HealthCheckResponse.named("jobs are known")
                    .status(open != null && open.ready())
                    .build();
        };
    }

    void start(@Observes StartupEvent event, Instance<Worker.Shop> shop) {
        var opening = new JobDoor(settings, book, log, tracing, shop::get);
        door = opening;
        Thread.ofPlatform().daemon().name("kafka-door").start(() -> {
            try {
                opening.open();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void stop(@Observes @Priority(0) ShutdownEvent event) {
        JobDoor open = door;
        if (open != null) {
            open.close();
        }
        log.close();
    }
}
