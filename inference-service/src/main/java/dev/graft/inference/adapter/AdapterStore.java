package dev.graft.inference.adapter;

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
     */
    void load(AdapterRef ref, Path file);

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
