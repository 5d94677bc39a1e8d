package dev.graft.inference.events;

import dev.graft.inference.admission.Inference;
import dev.graft.inference.request.Requests;
import dev.graft.inference.settings.InferenceSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens the door for events once the engine is ready, and closes it before the engine stops. */
@ApplicationScoped
class KafkaDoor {
    private static final long READY_POLL_MS = 20;

    private final InferenceSettings settings;
    private final Inference inference;
    private final Requests checks;
    private final OpenTelemetry telemetry;
    private final MeterRegistry meters;
    private volatile @Nullable Door door;
    private volatile boolean stopped;

    KafkaDoor(
            InferenceSettings settings,
            Inference inference,
            Requests checks,
            OpenTelemetry telemetry,
            MeterRegistry meters) {
        this.settings = settings;
        this.inference = inference;
        this.checks = checks;
        this.telemetry = telemetry;
        this.meters = meters;
    }

    void start(@Observes StartupEvent event) {
        if (settings.kafka().enabled()) {
            Thread.ofPlatform().daemon().name("kafka-door").start(this::open);
        }
    }

    /** First of all that stops: requests under way still need the engine. */
    void stop(@Observes @Priority(0) ShutdownEvent event) {
        stopped = true;
        Door open = door;
        if (open != null) {
            open.close();
        }
    }

    private void open() {
        try {
            while (!inference.ready()) {
                if (stopped) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(READY_POLL_MS);
            }
            Door opening =
                    new Door(settings.kafka(), settings.llama().slots(), inference, checks::of, telemetry, this::count);
            door = opening;
            meters.gauge("graft.kafka.requests.running", opening, Door::inFlight);
            meters.gauge("graft.kafka.answers.stored", opening, Door::storedAnswers);
            opening.open();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(String outcome) {
        meters.counter("graft.kafka.requests", "outcome", outcome).increment();
    }
}
