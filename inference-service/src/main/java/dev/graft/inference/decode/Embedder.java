package dev.graft.inference.decode;

import dev.graft.inference.request.Tokens;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaModel;

/**
 * Mean of the last layer's rows over a prompt's tokens, normalised to length 1. Works chunk by chunk in a context of its own, so that a long text
 * stands between two decode steps only for the time of one chunk.
 */
final class Embedder implements AutoCloseable {
    static final int CHUNK = 64;

    private final LlamaContext context;
    private final LlamaBatch batch = new LlamaBatch(CHUNK, 1);
    private final float[] row;

    Embedder(LlamaModel model, int cells, int threads, Attention attention) {
        context = LlamaContext.open(model, new ContextOptions(cells, CHUNK, 1, threads, attention, true));
        row = new float[model.embeddingSize()];
    }

    /** Adds the rows of the tokens from {@code begin} to {@code sum}, one chunk of them; returns where the next begins. */
    int step(Tokens tokens, int begin, double[] sum) {
        if (begin == 0) {
            context.release(0);
        }
        int end = Math.min(begin + CHUNK, tokens.length());
        batch.clear();
        for (int i = begin; i < end; i++) {
            batch.add(tokens.at(i), i, 0, true);
        }
        context.decode(batch);
        for (int i = 0; i < end - begin; i++) {
            context.embedding(i, row);
            for (int j = 0; j < row.length; j++) {
                sum[j] += row[j];
            }
        }
        return end;
    }

    int size() {
        return row.length;
    }

    void useThreads(int threads) {
        context.useThreads(threads);
    }

    @Override
    public void close() {
        batch.close();
        context.close();
    }
}
