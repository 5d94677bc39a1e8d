package dev.graft.inference.decode;

import static java.util.Objects.requireNonNull;

import dev.graft.contracts.Fault;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LogitRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One decode call: its tokens, and who reads which row of logits. */
final class StepBatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StepBatch.class);

    private final LlamaBatch batch;
    private final List<Row> rows = new ArrayList<>();
    private @Nullable Job job;

    StepBatch(int tokens) {
        batch = new LlamaBatch(tokens, LlamaBatch.MAX_SEQUENCES);
    }

    /** Reads the logits after one token, before the next step. */
    @FunctionalInterface
    interface RowReader {
        /** @param logits valid until the next step */
        void read(LogitRow logits);
    }

    private record Row(int index, RowReader reader, Job job) {}

    void clear() {
        batch.clear();
        rows.clear();
    }

    /** The tokens that are added from now on are this job's, and computed with its adapter. */
    void of(Job owner) {
        job = owner;
        batch.use(owner.use());
    }

    void add(int token, int position, int sequence) {
        batch.add(token, position, sequence, false);
    }

    void add(int token, int position, int sequence, RowReader reader) {
        rows.add(new Row(batch.add(token, position, sequence, true), reader, requireNonNull(job)));
    }

    void add(int token, int position, int[] sequences) {
        batch.add(token, position, sequences, false);
    }

    void add(int token, int position, int[] sequences, RowReader reader) {
        rows.add(new Row(batch.add(token, position, sequences, true), reader, requireNonNull(job)));
    }

    int size() {
        return batch.size();
    }

    void decode(SlotTable slots) {
        slots.decode(batch);
    }

    /** What is wrong with a row is its own job's affair: weights that give no numbers must not end the answers of others. */
    void readRows(SlotTable slots) {
        for (Row wanted : rows) {
            if (!wanted.job.ended()) {
                read(wanted, slots);
            }
        }
    }

    private static void read(Row wanted, SlotTable slots) {
        try {
            wanted.reader.read(slots.logits(wanted.index));
        } catch (RuntimeException e) {
            LOG.error("a row of {} can't be read; its request is given up", wanted.job.weights(), e);
            wanted.job.fail(Fault.internal("decode_failed", String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void close() {
        batch.close();
    }
}
