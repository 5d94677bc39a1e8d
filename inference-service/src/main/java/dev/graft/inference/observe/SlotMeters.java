package dev.graft.inference.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What goes in and out of the adapters' slots. */
@Singleton
public class SlotMeters {
    private final MeterRegistry registry;
    private final Timer read;
    private final Counter evicted;

    public SlotMeters(MeterRegistry registry) {
        this.registry = registry;
        read = Timer.builder(MeterNames.ADAPTER_READ_TIME).register(registry);
        evicted = registry.counter(MeterNames.ADAPTERS_EVICTED);
    }

    /** An adapter's file was read, checked and made ready for a slot. */
    public void read(long nanos) {
        read.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** An adapter had to leave its slot for another. */
    public void evicted() {
        evicted.increment();
    }

    /** Registers the gauges; to be called once. */
    public void watch(int slots, IntSupplier inMemory) {
        gauge(MeterNames.ADAPTER_SLOTS, () -> slots);
        gauge(MeterNames.ADAPTERS_IN_MEMORY, inMemory);
    }

    private void gauge(String name, IntSupplier value) {
        Gauge.builder(name, value, IntSupplier::getAsInt).strongReference(true).register(registry);
    }
}
