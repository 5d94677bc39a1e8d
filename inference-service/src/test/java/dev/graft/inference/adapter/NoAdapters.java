package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.inference.adapter.files.AdapterFiles;
import dev.graft.inference.adapter.files.FileThreads;
import dev.graft.inference.decode.AdapterSlots;
import dev.graft.inference.observe.SlotMeters;
import dev.graft.inference.settings.InferenceSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/** An instance that has read its registry, in which there is nothing. */
public final class NoAdapters {
    public static Adapters on(InferenceSettings settings) {
        Registry registry = new Registry();
        registry.replaceAll(List.of());
        BaseModel base = new BaseModel(settings);
        FileThreads threads = Executors::newVirtualThreadPerTaskExecutor;
        AdapterSlots slots = new AdapterSlots(settings, new SlotMeters(new SimpleMeterRegistry()), threads);
        LoadWatch nothingIsLoaded = new LoadWatch() {
            @Override
            public void loaded(AdapterRef ref, Duration loading, Optional<Duration> sinceRecord) {}

            @Override
            public void failed(AdapterRef ref, Fault fault) {}
        };
        AdapterFiles files = new AdapterFiles(settings, threads);
        return new Adapters(
                registry, new AdapterLoader(registry, base, files, slots, nothingIsLoaded, threads, settings), base);
    }

    private NoAdapters() {}
}
