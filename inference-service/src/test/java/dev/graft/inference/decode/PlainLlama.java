package dev.graft.inference.decode;

import dev.graft.inference.request.Tokens;
import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** llama.cpp's own answer, on ggml's kernels: one sequence, nothing shared, token after token. What the engine is held against. */
final class PlainLlama implements AutoCloseable {
    private final LlamaModel model;
    private final LlamaContext context;
    private final LlamaBatch batch = new LlamaBatch(512, 1);
    private final float[] row;

    PlainLlama() {
        model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), RunningEngine.MODEL, 0, Products.GGML);
        context = LlamaContext.open(model, new ContextOptions(2048, 512, 1, 1, Attention.FLASH, false));
        row = new float[model.vocabularySize()];
    }

    /** The likeliest token after the prompt, and so on. */
    List<Integer> greedy(Tokens prompt, int count) {
        context.release(0);
        List<Integer> drawn = new ArrayList<>();
        batch.clear();
        for (int i = 0; i < prompt.length(); i++) {
            batch.add(prompt.at(i), i, 0, i == prompt.length() - 1);
        }
        while (drawn.size() < count) {
            context.decode(batch);
            context.logits(batch.size() - 1).copyTo(row);
            int best = 0;
            for (int token = 1; token < row.length; token++) {
                best = row[token] > row[best] ? token : best;
            }
            drawn.add(best);
            batch.clear();
            batch.add(best, prompt.length() + drawn.size() - 1, 0, true);
        }
        return drawn;
    }

    /** Σ ln p of the label's tokens after the prompt. */
    double logLikelihood(Tokens prompt, Tokens label) {
        context.release(0);
        batch.clear();
        for (int i = 0; i < prompt.length() + label.length(); i++) {
            boolean inPrompt = i < prompt.length();
            batch.add(inPrompt ? prompt.at(i) : label.at(i - prompt.length()), i, 0, true);
        }
        context.decode(batch);
        double sum = 0;
        for (int i = 0; i < label.length(); i++) {
            context.logits(prompt.length() - 1 + i).copyTo(row);
            double z = 0;
            for (float logit : row) {
                z += Math.exp(logit);
            }
            sum += row[label.at(i)] - Math.log(z);
        }
        return sum;
    }

    @Override
    public void close() {
        batch.close();
        context.close();
        model.close();
    }
}
