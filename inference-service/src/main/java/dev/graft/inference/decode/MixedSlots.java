package dev.graft.inference.decode;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LogitRow;
import java.nio.file.Path;
import java.util.Optional;

/** All adapters of a step in one decode call. */
record MixedSlots(LlamaContext context, MixingWay way) implements SlotTable {
    @Override
    public void put(int slot, AdapterWeights weights, Path file) {
        context.slot(slot, Optional.of(weights));
    }

    @Override
    public void clear(int slot) {
        context.slot(slot, Optional.empty());
    }

    @Override
    public boolean opens(Path file) {
        return false;
    }

    @Override
    public void decode(LlamaBatch batch) {
        context.decode(batch);
    }

    @Override
    public LogitRow logits(int index) {
        return context.logits(index);
    }

    @Override
    public String description() {
        return way.description();
    }

    @Override
    public void close() {
        // The context has all of it.
    }
}
