package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An engine that checks files, keeps the references it was given, and refuses those of the names that it is told to. */
final class Gate implements AdapterStore {
    final List<AdapterRef> taken = Collections.synchronizedList(new ArrayList<>());
    final Set<String> full = ConcurrentHashMap.newKeySet();
    /** Done before something is taken. */
    volatile Runnable loading = () -> {};
    /** Done before something goes. */
    volatile Runnable unloading = () -> {};

    private final Set<AdapterRef> loaded = ConcurrentHashMap.newKeySet();
    private final List<Consumer<AdapterRef>> losses = new CopyOnWriteArrayList<>();
    private final AdapterCheck check;

    Gate(AdapterCheck check) {
        this.check = check;
    }

    @Override
    public void load(AdapterRef ref, Path file) {
        if (full.contains(ref.name())) {
            throw new FaultException(Fault.capacity("no_room", "no room for " + ref));
        }
        loading.run();
        var _ = check.check(file);
        taken.add(ref);
        loaded.add(ref);
    }

    @Override
    public void unload(AdapterRef ref) {
        unloading.run();
        loaded.remove(ref);
    }

    @Override
    public Set<AdapterRef> loaded() {
        return Set.copyOf(loaded);
    }

    @Override
    public void onLoss(Consumer<AdapterRef> listener) {
        losses.add(listener);
    }

    void lose(AdapterRef ref) {
        loaded.remove(ref);
        losses.forEach(listener -> listener.accept(ref));
    }
}
