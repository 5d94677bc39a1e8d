package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** For an instance on its own, without Kafka: the registry lasts as long as the process. */
public final class MemoryLog implements RegistryLog {
    private final Registry registry;
    private final InstantSource clock;

    public MemoryLog(Registry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        registry.replaceAll(List.of());
    }

    @Override
    public synchronized Outcome change(String name, AdapterExpectation expected, AdapterChange change) {
        Optional<AdapterEntry> current = registry.find(name);
        if (!expected.fits(current)) {
            return new Outcome.Stale(current);
        }
        AdapterEntry next = change.apply(name, current);
        if (current.isPresent() && current.get().equals(next)) {
            return new Outcome.Unchanged(next);
        }
        registry.put(next, clock.instant());
        return new Outcome.Written(next);
    }

    @Override
    public String place() {
        return "memory";
    }
}
