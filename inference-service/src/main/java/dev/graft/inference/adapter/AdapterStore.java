package dev.graft.inference.adapter;

import dev.graft.contracts.Fault;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;

/** The engine's side: the weights that it can compute with. Thread-safe; different generations may be loaded at the same time. */
public interface AdapterStore {
    /**
     * Checks and takes these weights, in one reading; once it returns, requests may name them. A second time does nothing.
     *
     * @param file their GGUF file: its SHA-256 is the reference's; all else about it is in doubt
     * @throws dev.graft.contracts.FaultException where they can't be taken; of kind {@code INPUT} where they never can, such as
     *     {@code adapter_refused}
     * @throws OutOfMemoryError where there is no memory for them now
     */
    void load(AdapterRef ref, Path file);

    /** What a request for weights is told that there is no memory for now; a later one may find some. */
    static Fault noMemory(AdapterRef ref, OutOfMemoryError e) {
        return Fault.capacity("no_memory", "there is no memory for " + ref + " now: " + e.getMessage());
    }

    /** No new request will name these weights; answers under way finish with them. Of no effect where they aren't loaded. */
    void unload(AdapterRef ref);

    /** All that were loaded and neither unloaded nor lost. */
    Set<AdapterRef> loaded();

    /**
     * Calls this when weights were lost: their file was changed or taken away before it was read again. No request gets them until they are loaded
     * anew.
     */
    void onLoss(Consumer<AdapterRef> listener);
}
