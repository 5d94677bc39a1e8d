package dev.graft.inference.observe;

import dev.graft.inference.admission.Inference;
import dev.graft.inference.request.ModelText;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not before the model is loaded and warm, and no longer once the service drains. */
@Readiness
@ApplicationScoped
public class ModelReady implements HealthCheck {
    private final Inference inference;
    private final ModelText text;

    ModelReady(Inference inference, ModelText text) {
        this.inference = inference;
        this.text = text;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("model")
                .status(inference.ready())
                .withData("name", text.name())
                .withData("adapters", inference.adapterPath())
                .withData("freeSlots", inference.freeSlots())
                .build();
    }
}
