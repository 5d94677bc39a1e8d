package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.graft_limit_vectors;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Graft's attention kernel against ggml's plain attention, which holds all weights as matrices: the same steps, prompts in chunks, answers of many
 * sequences, prefixes shared and given back, give the same logits but for rounding. ggml's own flash attention says how much rounding there is: on
 * random tokens, whose likeliest successors are nearly equal, and with activations rounded to eight bits, a good deal.
 */
class RaggedAttentionTest {
    private static final Path MODEL =
            Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
    private static final int SEQUENCES = 8;

    private static LlamaModel model;

    @BeforeAll
    static void load() {
        model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), MODEL, 0, Products.GGML);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @AfterEach
    void allVectors() {
        graft_limit_vectors(512);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 256})
    void mixedStepsGiveTheLogitsOfPlainAttention(int vectorBits) {
        graft_limit_vectors(vectorBits);
        List<float[]> plain = logits(Attention.PLAIN);
        List<float[]> flash = logits(Attention.FLASH);
        List<float[]> ragged = logits(Attention.RAGGED);
        assertThat(ragged).as("the kernel is at work").isNotEqualTo(flash);
        int sameToken = 0;
        int sameTokenOfFlash = 0;
        double raggedError = 0;
        double flashError = 0;
        for (int i = 0; i < plain.size(); i++) {
            sameToken += Logits.likeliest(plain.get(i)) == Logits.likeliest(ragged.get(i)) ? 1 : 0;
            sameTokenOfFlash += Logits.likeliest(plain.get(i)) == Logits.likeliest(flash.get(i)) ? 1 : 0;
            raggedError += Logits.distance(plain.get(i), ragged.get(i));
            flashError += Logits.distance(plain.get(i), flash.get(i));
        }
        assertThat(raggedError / plain.size())
                .as("mean distance of logits")
                .isLessThan(1.5 * flashError / plain.size());
        assertThat(sameToken).isGreaterThanOrEqualTo(sameTokenOfFlash - plain.size() / 50);
    }

    /** A few hundred rows of logits from steps of all shapes; the same for each kind of attention. */
    private static List<float[]> logits(Attention attention) {
        Random random = new Random(20261124);
        List<float[]> rows = new ArrayList<>();
        try (LlamaContext context =
                        LlamaContext.open(model, new ContextOptions(2048, 256, SEQUENCES, 2, attention, false));
                LlamaBatch batch = new LlamaBatch(256, SEQUENCES)) {
            int[] lengths = new int[SEQUENCES];
            for (int step = 0; step < 60; step++) {
                int changed = random.nextInt(SEQUENCES);
                if (step % 7 == 3) {
                    lengths[changed] = forkedFrom(context, changed, random.nextInt(SEQUENCES), lengths);
                } else if (step % 11 == 5) {
                    context.release(changed);
                    lengths[changed] = 0;
                }
                fill(batch, lengths, changed, 1 + random.nextInt(step % 3 == 0 ? 70 : 12), random);
                context.decode(batch);
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.outputs(i)) {
                        float[] row = new float[model.vocabularySize()];
                        context.logits(i).copyTo(row);
                        rows.add(row);
                    }
                }
            }
        }
        return rows;
    }

    private static int forkedFrom(LlamaContext context, int sequence, int source, int[] lengths) {
        if (sequence == source || lengths[source] < 2) {
            return lengths[sequence];
        }
        context.release(sequence);
        int shared = lengths[source] * 2 / 3;
        context.share(source, sequence, 0, shared);
        return shared;
    }

    /** One token for each sequence that has any, and a chunk for one of them. */
    private static void fill(LlamaBatch batch, int[] lengths, int chunked, int chunk, Random random) {
        batch.clear();
        for (int sequence = 0; sequence < SEQUENCES; sequence++) {
            int count = sequence == chunked ? chunk : lengths[sequence] > 0 ? 1 : 0;
            for (int i = 0; i < count; i++) {
                batch.add(1000 + random.nextInt(20000), lengths[sequence]++, sequence, i == count - 1);
            }
        }
    }
}
