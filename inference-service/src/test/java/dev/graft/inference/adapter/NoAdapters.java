package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.inference.adapter.files.AdapterFiles;
import dev.graft.inference.decode.AdapterSlots;
import dev.graft.inference.observe.SlotMeters;
import dev.graft.inference.settings.InferenceSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An instance that has read its registry, in which there is nothing. */
public final class NoAdapters {
    public static Adapters on(InferenceSettings settings) {
        Registry registry = new Registry();
        registry.replaceAll(List.of());
        BaseModel base = new BaseModel(settings);
        AdapterSlots slots = new AdapterSlots(settings, new SlotMeters(new SimpleMeterRegistry()));
        LoadWatch nothingIsLoaded = new LoadWatch() {
            @Override
            public void loaded(AdapterRef ref, Duration loading, Optional<Duration> sinceRecord) {}

            @Override
            public void failed(AdapterRef ref, Fault fault) {}
        };
        AdapterFiles files = new AdapterFiles(settings);
        return new Adapters(registry, new AdapterLoader(registry, base, files, slots, nothingIsLoaded, settings), base);
    }

    private NoAdapters() {}
}
