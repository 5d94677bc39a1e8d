package dev.graft.inference.decode;

import dev.graft.inference.request.Tokens;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaModel;
import org.jspecify.annotations.Nullable;

/**
 * Mean of the last layer's rows over a prompt's tokens, normalised to length 1. Works chunk by chunk in a context of its own, so that a long text
 * stands between two decode steps only for the time of one chunk. The context is made for the first text, so that nobody who needs no embeddings
 * pays for its KV cache.
 */
final class Embedder implements AutoCloseable {
    static final int CHUNK = 64;

    private final LlamaModel model;
    private final ContextOptions options;
    private final LlamaBatch batch = new LlamaBatch(CHUNK, 1);
    private final float[] row;
    private @Nullable LlamaContext opened;

    Embedder(LlamaModel model, int cells, int threads, Attention attention) {
        this.model = model;
        this.options = new ContextOptions(cells, CHUNK, 1, threads, attention, true);
        this.row = new float[model.embeddingSize()];
    }

    private LlamaContext context() {
        LlamaContext context = opened == null ? LlamaContext.open(model, options) : opened;
        opened = context;
        return context;
    }

    /**
     * Adds the rows of the tokens from {@code begin} to {@code sum}, one chunk of them; returns where the next begins.
     *
     * @throws dev.graft.llama.LlamaException when there is no memory for the context
     */
    int step(Tokens tokens, int begin, double[] sum, int threads) {
        LlamaContext context = context();
        context.useThreads(threads);
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

    @Override
    public void close() {
        batch.close();
        if (opened != null) {
            opened.close();
        }
    }
}
