package dev.graft.inference.decode;

import dev.graft.llama.AdapterUse;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LogitRow;
import java.util.ArrayList;
import java.util.List;

/** One decode call: its tokens, and who reads which row of logits. */
final class StepBatch implements AutoCloseable {
    private final LlamaBatch batch;
    private final List<Row> rows = new ArrayList<>();

    StepBatch(int tokens) {
        batch = new LlamaBatch(tokens, LlamaBatch.MAX_SEQUENCES);
    }

    /** Reads the logits after one token, before the next step. */
    @FunctionalInterface
    interface RowReader {
        /** @param logits valid until the next step */
        void read(LogitRow logits);
    }

    private record Row(int index, RowReader reader) {}

    void clear() {
        batch.clear();
        rows.clear();
    }

    /** The tokens that are added from now on are computed with this adapter. */
    void use(AdapterUse adapter) {
        batch.use(adapter);
    }

    void add(int token, int position, int sequence) {
        batch.add(token, position, sequence, false);
    }

    void add(int token, int position, int sequence, RowReader reader) {
        rows.add(new Row(batch.add(token, position, sequence, true), reader));
    }

    void add(int token, int position, int[] sequences) {
        batch.add(token, position, sequences, false);
    }

    void add(int token, int position, int[] sequences, RowReader reader) {
        rows.add(new Row(batch.add(token, position, sequences, true), reader));
    }

    int size() {
        return batch.size();
    }

    void decode(SlotTable slots) {
        slots.decode(batch);
    }

    void readRows(SlotTable slots) {
        for (Row wanted : rows) {
            wanted.reader.read(slots.logits(wanted.index));
        }
    }

    @Override
    public void close() {
        batch.close();
    }
}
