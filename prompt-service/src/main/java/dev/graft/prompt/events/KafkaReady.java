package dev.graft.prompt.events;

import dev.graft.prompt.dispatch.Waiting;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the broker was reached and results are heard. */
@Readiness
@Singleton
final class KafkaReady implements HealthCheck {
    private final Waiting waiting;

    KafkaReady(Waiting waiting) {
        this.waiting = waiting;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("kafka").status(waiting.listening()).build();
    }
}
