package dev.graft.inference.decode;

import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import java.util.ArrayList;
import java.util.List;

/** One decode call: its tokens, and who reads which row of logits. */
final class StepBatch implements AutoCloseable {
    private final LlamaBatch batch;
    private final float[] row;
    private final List<Row> rows = new ArrayList<>();

    StepBatch(int tokens, int vocabularySize) {
        batch = new LlamaBatch(tokens, LlamaBatch.MAX_SEQUENCES);
        row = new float[vocabularySize];
    }

    /** Reads the logits after one token, before the next step. */
    @FunctionalInterface
    interface RowReader {
        /** @param logits one for each token of the vocabulary; used again for the next row */
        void read(float[] logits);
    }

    private record Row(int index, RowReader reader) {}

    void clear() {
        batch.clear();
        rows.clear();
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

    void decode(LlamaContext context) {
        context.decode(batch);
    }

    void readRows(LlamaContext context) {
        for (Row wanted : rows) {
            context.logits(wanted.index, row);
            wanted.reader.read(row);
        }
    }

    @Override
    public void close() {
        batch.close();
    }
}
