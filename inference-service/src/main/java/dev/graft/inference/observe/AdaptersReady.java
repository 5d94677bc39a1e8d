package dev.graft.inference.observe;

import dev.graft.inference.adapter.AdapterLoader;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.LoadState;
import dev.graft.inference.adapter.Registry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not before the registry was read and its live adapters are here. */
@Readiness
@ApplicationScoped
public class AdaptersReady implements HealthCheck {
    private final Registry registry;
    private final AdapterLoader loader;

    AdaptersReady(Registry registry, AdapterLoader loader) {
        this.registry = registry;
        this.loader = loader;
    }

    @Override
    public HealthCheckResponse call() {
        Map<AdapterRef, LoadState> states = loader.states();
        return HealthCheckResponse.named("adapters")
                .status(loader.ready())
                .withData("registryRead", registry.read())
                .withData(
                        "loaded",
                        states.values().stream()
                                .filter(LoadState.Loaded.class::isInstance)
                                .count())
                .withData(
                        "failed",
                        states.entrySet().stream()
                                .filter(state -> state.getValue() instanceof LoadState.Failed)
                                .map(state -> state.getKey().toString())
                                .sorted()
                                .collect(Collectors.joining(", ")))
                .build();
    }
}
