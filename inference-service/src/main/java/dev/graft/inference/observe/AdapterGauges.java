package dev.graft.inference.observe;

import dev.graft.inference.adapter.AdapterLoader;
import dev.graft.inference.adapter.LoadState;
import dev.graft.inference.adapter.Registry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** How many adapters there are, and which generations are loaded. */
@ApplicationScoped
class AdapterGauges {
    void register(@Observes StartupEvent event, MeterRegistry meters, Registry registry, AdapterLoader loader) {
        Gauge.builder(
                        MeterNames.ADAPTERS_REGISTERED,
                        registry,
                        known -> known.entries().size())
                .register(meters);
        MultiGauge loaded = MultiGauge.builder(MeterNames.ADAPTER_LOADED).register(meters);
        loader.onChange(() -> loaded.register(
                loader.states().entrySet().stream()
                        .filter(state -> state.getValue() instanceof LoadState.Loaded)
                        .map(state -> MultiGauge.Row.of(
                                Tags.of(
                                        MeterNames.ADAPTER,
                                        state.getKey().name(),
                                        MeterNames.GENERATION,
                                        Integer.toString(state.getKey().generation())),
                                1))
                        .toList(),
                true));
    }
}
