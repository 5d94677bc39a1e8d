package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterChange.Register;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.Fault;
import dev.graft.inference.adapter.files.AdapterFiles;
import dev.graft.inference.settings.InferenceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/** One instance without its doors: registry, files and loader as they are, before an engine that only keeps the books. */
final class Instance implements AutoCloseable {
    final Path shared;
    final Registry registry = new Registry();
    final Gate engine;
    final List<AdapterRef> failed = Collections.synchronizedList(new ArrayList<>());
    final BaseModel base;
    final AdapterLoader loader;
    final Adapters adapters;

    /** @param folder for its home, and a shared folder that files may come from */
    Instance(Path folder, Map<String, String> settings) {
        this(folder, settings, true);
    }

    /** One that has not read the registry yet. */
    static Instance unread(Path folder, Map<String, String> settings) {
        return new Instance(folder, settings, false);
    }

    private Instance(Path folder, Map<String, String> settings, boolean read) {
        shared = folder.resolve("shared");
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("graft.adapters.sources", shared.toString());
        InferenceSettings made = SettingsOf.home(folder.resolve("home"), all);
        base = new BaseModel(made);
        engine = new Gate(new ModelCheck(made));
        loader = new AdapterLoader(
                registry,
                base,
                new AdapterFiles(made, Executors::newVirtualThreadPerTaskExecutor),
                engine,
                new LoadWatch() {
                    @Override
                    public void loaded(AdapterRef ref, Duration loading, Optional<Duration> sinceRecord) {}

                    @Override
                    public void failed(AdapterRef ref, Fault fault) {
                        failed.add(ref);
                    }
                },
                Executors::newVirtualThreadPerTaskExecutor,
                made);
        adapters = new Adapters(registry, loader, base);
        loader.start();
        if (read) {
            registry.replaceAll(List.of());
        }
    }

    MadeAdapter made(int seed) throws IOException {
        return MadeAdapter.in(shared, 4, seed);
    }

    Register offer(MadeAdapter adapter, boolean live) {
        return Entries.register(base.sha256(), adapter.sha256(), adapter.file().toUri(), live);
    }

    AdapterEntry change(String name, AdapterChange change) {
        AdapterEntry entry = change.apply(name, registry.find(name));
        registry.put(entry, Instant.now());
        return entry;
    }

    AdapterRef ref(String name, int generation) {
        return AdapterRef.of(
                name,
                registry.find(name)
                        .flatMap(entry -> entry.generation(generation))
                        .orElseThrow());
    }

    LoadState state(String name, int generation) {
        return loader.state(
                name,
                registry.find(name)
                        .flatMap(entry -> entry.generation(generation))
                        .orElseThrow());
    }

    @Override
    public void close() {
        loader.stop();
    }
}
