package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.llama.Attention;
import dev.graft.llama.ContextOptions;
import dev.graft.llama.LlamaBatch;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.LlamaModel;
import dev.graft.llama.Products;
import dev.graft.lora.CpuKernels;
import dev.graft.lora.Kernels;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Tokenizer;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer sees the model that is served: SmolLM2, on English text, against llama.cpp on the same file. */
class LogitsAreLlamaCppsTest {
    private static final Path MODEL = Path.of(
            System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"),
            "models/SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final Path TEXT = Path.of("../README.md");
    private static final int TOKENS = 256;

    @TempDir
    Path scratch;

    /**
     * llama.cpp rounds activations to eight bits where weights are quantized, the trainer does not: on the file they may differ by what that rounding
     * makes llama.cpp differ from itself on the copy, and on the copy by its half-precision KV cache alone.
     */
    @Test
    void theyDifferByWhatLlamaCppRoundsAndNoMore() throws IOException {
        Path copy = scratch.resolve("copy.gguf");
        try (Kernels kernels = CpuKernels.open(2)) {
            FloatCopy.write(MODEL, copy, kernels);
        }
        TokenizedExample text = text();
        List<float[]> exact = llamaCpp(copy, text);
        List<float[]> rounded = llamaCpp(MODEL, text);

        assertThat(error(exact, trainer(copy, text)))
                .as("relative difference over all logits, weights of single precision")
                .isLessThanOrEqualTo(1e-3);
        List<float[]> found = trainer(MODEL, text);
        assertThat(error(exact, found)).as("and on the file itself").isLessThanOrEqualTo(1e-3);
        assertThat(error(rounded, found))
                .as("from llama.cpp on the file")
                .isLessThanOrEqualTo(1.05 * error(exact, rounded));
        assertThat(sameLikeliest(exact, found)).as("same likeliest token").isGreaterThanOrEqualTo(0.99);
        assertThat(divergence(exact, found)).as("mean KL divergence").isLessThanOrEqualTo(1e-3);
    }

    private static double sameLikeliest(List<float[]> right, List<float[]> found) {
        int same = 0;
        for (int row = 0; row < right.size(); row++) {
            same += likeliest(right.get(row)) == likeliest(found.get(row)) ? 1 : 0;
        }
        return (double) same / right.size();
    }

    private static double divergence(List<float[]> right, List<float[]> found) {
        double sum = 0;
        for (int row = 0; row < right.size(); row++) {
            sum += divergence(right.get(row), found.get(row));
        }
        return sum / right.size();
    }

    private static double error(List<float[]> right, List<float[]> found) {
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

    private static TokenizedExample text() throws IOException {
        Tokenizer tokenizer = Tokenizer.of(GgufFile.read(MODEL));
        int[] tokens = tokenizer.encode(Files.readString(TEXT), false);
        return new TokenizedExample(Arrays.copyOf(tokens, TOKENS), 1);
    }

    private static List<float[]> trainer(Path model, TokenizedExample text) {
        try (Trainer trainer =
                Trainer.open(model, singlePrecision(), List.of(text), List.of(), new Resources(4L << 30, 2))) {
            return trainer.logits(text);
        }
    }

    private static Recipe singlePrecision() {
        Recipe usual = Recipe.DEFAULT;
        return new Recipe(
                usual.rank(),
                usual.alpha(),
                usual.dropout(),
                usual.targets(),
                usual.rankStabilised(),
                usual.loraPlusRatio(),
                usual.learningRate(),
                usual.schedule(),
                usual.warmUp(),
                usual.weightDecay(),
                usual.clipNorm(),
                usual.accumulation(),
                usual.batch(),
                usual.length(),
                usual.seed(),
                Recipe.Precision.FP32);
    }

    private static List<float[]> llamaCpp(Path file, TokenizedExample text) {
        int[] tokens = text.tokens();
        var options = new ContextOptions(TOKENS, TOKENS, 1, 2, Attention.PLAIN, false);
        try (LlamaModel model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), file, 0, Products.GGML);
                LlamaContext context = LlamaContext.open(model, options);
                LlamaBatch batch = new LlamaBatch(TOKENS, 1)) {
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

    private static int likeliest(float[] row) {
        int best = 0;
        for (int token = 1; token < row.length; token++) {
            best = row[token] > row[best] ? token : best;
        }
        return best;
    }

    private static double divergence(float[] right, float[] found) {
        double logSumRight = logSum(right);
        double logSumFound = logSum(found);
        double sum = 0;
        for (int token = 0; token < right.length; token++) {
            double logP = right[token] - logSumRight;
            sum += Math.exp(logP) * (logP - (found[token] - logSumFound));
        }
        return sum;
    }

    private static double logSum(float[] row) {
        double highest = row[likeliest(row)];
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit - highest);
        }
        return highest + Math.log(sum);
    }
}
