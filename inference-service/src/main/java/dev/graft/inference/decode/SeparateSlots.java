package dev.graft.inference.decode;

import dev.graft.llama.AdapterUse;
import dev.graft.llama.AdapterWeights;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.LogitRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One decode call for each adapter and scale of a step, on llama.cpp's own path: slower, for where mixed batches can't be had. llama.cpp frees an adapter only with
 * its model, so each that was used once stays in memory.
 */
final class SeparateSlots implements SlotTable {
    private final LlamaModel model;
    private final LlamaContext context;
    private final String reason;
    private final LlamaBatch part;
    private final Map<Path, LlamaAdapter> opened = new HashMap<>();
    private final Map<Integer, LlamaAdapter> bySlot = new HashMap<>();
    private final List<LogitRow> copies = new ArrayList<>();
    private final Map<Integer, LogitRow> rows = new HashMap<>();
    private boolean oneDecode;
    private @Nullable LlamaAdapter attached;
    private float attachedScale;

    /**
     * @param context without mixed adapters
     * @param reason why they can't be mixed
     */
    SeparateSlots(LlamaModel model, LlamaContext context, int batchTokens, String reason) {
        this.model = model;
        this.context = context;
        this.reason = reason;
        this.part = new LlamaBatch(batchTokens, LlamaBatch.MAX_SEQUENCES);
    }

    @Override
    public void put(int slot, AdapterWeights weights, Path file) {
        bySlot.put(slot, opened.computeIfAbsent(file, path -> LlamaAdapter.open(model, path)));
    }

    @Override
    public void clear(int slot) {
        bySlot.remove(slot);
    }

    @Override
    public boolean opens(Path file) {
        return !opened.containsKey(file);
    }

    @Override
    public void decode(LlamaBatch batch) {
        List<AdapterUse> uses = batch.uses();
        oneDecode = uses.size() == 1;
        rows.clear();
        for (AdapterUse use : uses) {
            int[] indexes = decode(batch, use);
            for (int i = 0; !oneDecode && i < indexes.length; i++) {
                if (part.outputs(i)) {
                    rows.put(indexes[i], copied(rows.size(), context.logits(i)));
                }
            }
        }
    }

    private int[] decode(LlamaBatch batch, AdapterUse use) {
        if (use.slot() != 0 && !bySlot.containsKey(use.slot())) {
            throw new IllegalStateException("slot " + use.slot() + " has no adapter");
        }
        attach(bySlot.get(use.slot()), use.scale());
        part.clear();
        int[] indexes = batch.copyTokensOf(use, part);
        context.decode(part);
        return indexes;
    }

    /** The next adapter's decode would take the row away. Memory for copies is kept for the steps to come. */
    private LogitRow copied(int number, LogitRow row) {
        if (number == copies.size()) {
            copies.add(row.copy());
        } else {
            copies.get(number).copyFrom(row);
        }
        return copies.get(number);
    }

    private void attach(@Nullable LlamaAdapter adapter, float scale) {
        if (adapter == null && attached != null) {
            context.detach();
        } else if (adapter != null && !(adapter.equals(attached) && scale == attachedScale)) {
            context.attach(adapter, scale);
        }
        attached = adapter;
        attachedScale = scale;
    }

    @Override
    public LogitRow logits(int index) {
        LogitRow row = oneDecode ? context.logits(index) : rows.get(index);
        if (row == null) {
            throw new IllegalStateException("no logits were asked for after token " + index);
        }
        return row;
    }

    @Override
    public String description() {
        return "one decode for each: " + reason;
    }

    @Override
    public void close() {
        part.close();
    }
}
