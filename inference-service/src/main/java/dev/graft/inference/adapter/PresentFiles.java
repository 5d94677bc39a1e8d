package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import io.quarkus.arc.DefaultBean;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Takes whatever is there as a file, for an engine that computes with the base model alone. */
@DefaultBean
@Singleton
final class PresentFiles implements AdapterStore {
    private final Set<AdapterRef> loaded = ConcurrentHashMap.newKeySet();

    @Override
    public void load(AdapterRef ref, Path file) {
        if (!Files.isReadable(file)) {
            throw new FaultException(Fault.internal("adapter_file", "the file of " + ref + " can't be read: " + file));
        }
        loaded.add(ref);
    }

    @Override
    public void unload(AdapterRef ref) {
        loaded.remove(ref);
    }

    @Override
    public Set<AdapterRef> loaded() {
        return Set.copyOf(loaded);
    }
}
