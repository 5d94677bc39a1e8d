package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An engine that checks files, keeps the references it was given, and refuses those of the names that it is told to. */
final class Gate implements AdapterStore {
    final List<AdapterRef> taken = Collections.synchronizedList(new ArrayList<>());
    final Set<String> full = ConcurrentHashMap.newKeySet();
    /** Done before something goes. */
    volatile Runnable unloading = () -> {};

    private final Set<AdapterRef> loaded = ConcurrentHashMap.newKeySet();
    private final AdapterCheck check;

    Gate(AdapterCheck check) {
        this.check = check;
    }

    @Override
    public void load(AdapterRef ref, Path file) {
        if (full.contains(ref.name())) {
            throw new FaultException(Fault.capacity("no_room", "no room for " + ref));
        }
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
}
