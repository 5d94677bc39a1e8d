package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.llama.Attention;
import dev.graft.lora.CpuKernels;
import dev.graft.lora.Kernels;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Tokenizer;
import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer sees the model that is served: SmolLM2, on English text, against llama.cpp on the same file. */
class LogitsAreLlamaCppsTest {
    private static final Path MODEL = Path.of(
            System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"),
            "models/SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final Path TEXT = Path.of("../LICENSE");
    private static final int TOKENS = 256;
    private static final int PIECES = 3;

    @TempDir
    Path scratch;

    /**
     * llama.cpp rounds activations to eight bits where weights are quantized, the trainer does not: on the file they may differ by what that rounding
     * makes llama.cpp differ from itself on the copy, and on the copy by its half-precision KV cache alone.
     *
     * <p>The rounding makes much of little: where llama.cpp computes attention in another order its logits on the file change as much. So no one can
     * agree with it on the file better than it does with itself, and the trainer has to agree as well as that.
     */
    @Test
    void theyDifferByWhatLlamaCppRoundsAndNoMore() throws IOException {
        Path copy = scratch.resolve("copy.gguf");
        try (Kernels kernels = CpuKernels.open(2)) {
            FloatCopy.write(MODEL, copy, kernels);
        }
        List<TokenizedExample> texts = texts();
        List<float[]> exact = of(texts, text -> Logits.ofLlamaCpp(copy, text));
        List<float[]> rounded = of(texts, text -> Logits.ofLlamaCpp(MODEL, text));
        List<float[]> inAnotherOrder = of(texts, text -> Logits.ofLlamaCpp(MODEL, text, Attention.FLASH));

        assertThat(Logits.error(exact, of(texts, text -> Logits.ofTrainer(copy, text))))
                .as("relative difference over all logits, weights of single precision")
                .isLessThanOrEqualTo(1e-3);
        List<float[]> found = of(texts, text -> Logits.ofTrainer(MODEL, text));
        assertThat(Logits.error(exact, found)).as("and on the file itself").isLessThanOrEqualTo(1e-3);
        assertThat(sameLikeliest(exact, found)).as("same likeliest token").isGreaterThanOrEqualTo(0.99);
        assertThat(divergence(exact, found)).as("mean KL divergence").isLessThanOrEqualTo(1e-3);

        assertThat(Logits.error(rounded, found))
                .as("from llama.cpp on the file")
                .isLessThanOrEqualTo(1.05 * Logits.error(exact, rounded));
        assertThat(sameLikeliest(rounded, found))
                .as("same likeliest token as llama.cpp on the file, beside llama.cpp with itself")
                .isGreaterThanOrEqualTo(sameLikeliest(rounded, inAnotherOrder) - 0.02);
        assertThat(divergence(rounded, found))
                .as("mean KL divergence from llama.cpp on the file, beside llama.cpp from itself")
                .isLessThanOrEqualTo(1.1 * divergence(rounded, inAnotherOrder));
    }

    private static List<float[]> of(List<TokenizedExample> texts, Function<TokenizedExample, List<float[]>> logits) {
        return texts.stream().map(logits).flatMap(List::stream).toList();
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

    private static List<TokenizedExample> texts() throws IOException {
        int[] tokens = Tokenizer.of(GgufFile.read(MODEL)).encode(Files.readString(TEXT), false);
        return IntStream.range(0, PIECES)
                .mapToObj(piece -> Arrays.copyOfRange(tokens, piece * TOKENS, (piece + 1) * TOKENS))
                .map(piece -> new TokenizedExample(piece, 1))
                .toList();
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
