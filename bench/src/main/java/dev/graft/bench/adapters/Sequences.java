package dev.graft.bench.adapters;

import dev.graft.bench.server.Machine;
import dev.graft.llama.AdapterWeights;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaModel;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/** Sequences in a context, each of 64 cells, that are decoded together: a token each a step, whose cells are released again. */
final class Sequences implements AutoCloseable {
    private static final int LENGTH = 64;
    private static final int FIRST_WORD = 1000; // of the vocabulary: what is before is not text

    private final LlamaContext context;
    private final LlamaBatch batch = new LlamaBatch(LENGTH, 1);
    private final int count;
    private final int vocabulary;
    private final SplittableRandom random = new SplittableRandom(20_261_125);

    /** Without adapters yet. */
    Sequences(LlamaModel model, int count) {
        this.count = count;
        vocabulary = model.vocabularySize();
        context = LlamaContext.open(
                model,
                new ContextOptions(
                        2 * LENGTH * count, LENGTH, count, Machine.THREADS, Attention.RAGGED.onThisProcessor(), false));
    }

    /** Slots from 1 have these weights, which must live longer than this. */
    void mix(LlamaAdapter placeholder, List<AdapterWeights> weights) {
        context.mixAdapters(placeholder, weights.size());
        for (int i = 0; i < weights.size(); i++) {
            context.slot(i + 1, Optional.of(weights.get(i)));
        }
    }

    /** Computes all sequences' cells, each with its slot. */
    void prefill(IntUnaryOperator slots) {
        for (int sequence = 0; sequence < count; sequence++) {
            batch.clear();
            batch.slot(slots.applyAsInt(sequence));
            for (int position = 0; position < LENGTH; position++) {
                batch.add(word(), position, sequence, false);
            }
            context.decode(batch);
        }
    }

    /** Milliseconds of one step, in which each sequence has its slot. */
    double stepMs(IntUnaryOperator slots) {
        batch.clear();
        for (int sequence = 0; sequence < count; sequence++) {
            batch.slot(slots.applyAsInt(sequence));
            batch.add(word(), LENGTH, sequence, true);
        }
        long begin = System.nanoTime();
        context.decode(batch);
        context.logits(count - 1);
        double millis = (System.nanoTime() - begin) / 1e6;
        for (int sequence = 0; sequence < count; sequence++) {
            context.release(sequence, LENGTH, LENGTH + 1);
        }
        return millis;
    }

    private int word() {
        return random.nextInt(FIRST_WORD, vocabulary);
    }

    @Override
    public void close() {
        context.close();
        batch.close();
    }
}
