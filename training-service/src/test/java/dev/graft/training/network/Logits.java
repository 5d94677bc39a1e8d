package dev.graft.training.network;

import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What both say of a text: logits over the vocabulary after each token but the last. */
final class Logits {
    private Logits() {}

    /** The trainer's, in single precision. */
    static List<float[]> ofTrainer(Path model, TokenizedExample text) {
        try (Trainer trainer = Trainer.open(
                model,
                Recipe.DEFAULT.in(Recipe.Precision.FP32),
                List.of(text),
                List.of(),
                new Resources(4L << 30, 2))) {
            return trainer.logits(text);
        }
    }

    /** llama.cpp's. */
    static List<float[]> ofLlamaCpp(Path file, TokenizedExample text) {
        return ofLlamaCpp(file, text, Attention.PLAIN);
    }

    /** The same, with this kind of attention. */
    static List<float[]> ofLlamaCpp(Path file, TokenizedExample text, Attention attention) {
        int[] tokens = text.tokens();
        var options = new ContextOptions(tokens.length, tokens.length, 1, 2, attention, false);
        try (LlamaModel model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), file, 0, Products.GGML);
                LlamaContext context = LlamaContext.open(model, options);
                LlamaBatch batch = new LlamaBatch(tokens.length, 1)) {
            for (int at = 0; at + 1 < tokens.length; at++) {
                batch.add(tokens[at], at, 0, true);
            }
            context.decode(batch);
            List<float[]> rows = new ArrayList<>();
            for (int at = 0; at + 1 < tokens.length; at++) {
                float[] row = new float[model.vocabularySize()];
                context.logits(at).copyTo(row);
                rows.add(row);
            }
            return rows;
        }
    }

    /** Length of the difference over all logits, relative to the right ones. */
    static double error(List<float[]> right, List<float[]> found) {
        double difference = 0;
        double all = 0;
        for (int row = 0; row < right.size(); row++) {
            for (int token = 0; token < right.get(row).length; token++) {
                double apart = found.get(row)[token] - right.get(row)[token];
                difference += apart * apart;
                all += (double) right.get(row)[token] * right.get(row)[token];
            }
        }
        return Math.sqrt(difference / all);
    }
}
