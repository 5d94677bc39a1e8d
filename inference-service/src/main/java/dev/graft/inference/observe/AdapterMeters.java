package dev.graft.inference.observe;

import dev.graft.contracts.Fault;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.adapter.LoadWatch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/** How long adapters take to be here. */
@Singleton
final class AdapterMeters implements LoadWatch {
    private static final Duration[] TIMES =
            MeterBuckets.milliseconds(5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000);

    private final MeterRegistry registry;
    private final Timer loading;
    private final Timer sinceRecord;

    AdapterMeters(MeterRegistry registry) {
        this.registry = registry;
        loading = timer(MeterNames.ADAPTER_LOAD_TIME);
        sinceRecord = timer(MeterNames.ADAPTER_RECORD_TO_LOADED);
    }

    @Override
    public void loaded(AdapterRef ref, Duration took, Optional<Duration> since) {
        loading.record(took);
        since.ifPresent(sinceRecord::record);
    }

    @Override
    public void failed(AdapterRef ref, Fault fault) {
        registry.counter(
                        MeterNames.ADAPTER_LOADS_FAILED,
                        MeterNames.ADAPTER,
                        ref.name(),
                        MeterNames.OUTCOME,
                        fault.code())
                .increment();
    }

    private Timer timer(String name) {
        return Timer.builder(name).serviceLevelObjectives(TIMES).register(registry);
    }
}
