package dev.graft.inference.decode;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LogitRow;
import java.nio.file.Path;

/** How steps are computed whose tokens have different adapters. On the decode thread. */
sealed interface SlotTable extends AutoCloseable permits MixedSlots, SeparateSlots {
    /** Lets a slot, from 1, have these weights. */
    void put(int slot, AdapterWeights weights, Path file);

    void clear(int slot);

    /** Whether {@link #put} would read this file itself: it must be the one that was checked. */
    boolean opens(Path file);

    /** Computes the batch, each token with its slot's adapter. */
    void decode(LlamaBatch batch);

    /** The logits after the batch's token {@code index}, until the next decode. */
    LogitRow logits(int index);

    /** What readiness says of it. */
    String description();

    @Override
    void close();
}
