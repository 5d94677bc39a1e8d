package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_TYPE_Q4_0;
import static dev.graft.llama.jni.global.llama.GGML_TYPE_Q4_1;
import static dev.graft.llama.jni.global.llama.GGML_TYPE_Q4_K;
import static dev.graft.llama.jni.global.llama.GGML_TYPE_Q8_0;
import static dev.graft.llama.jni.global.llama.ggml_quantize_chunk;
import static dev.graft.llama.jni.global.llama.ggml_row_size;
import static dev.graft.llama.jni.global.llama.graft_limit_vectors;
import static dev.graft.llama.jni.global.llama.graft_multiply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products over packed weights, quantized by ggml, against the same in double precision from ggml's own blocks. */
class PackedProductsTest {
    private static final int BLOCK = 32;
    private static final int INPUTS = 39 * BLOCK; // more than are unpacked at once, and an odd number
    private static final int OUTPUTS = 48;

    @BeforeAll
    static void load() {
        LlamaLibrary.load(Optional.empty());
    }

    @AfterEach
    void allVectors() {
        graft_limit_vectors(512);
    }

    /** Each format, with the vectors of each kind of processor, for all numbers of tokens that a kernel tells apart and more than one pass takes. */
    static Stream<Arguments> products() {
        return types().flatMap(type -> Stream.of(512, 256)
                .flatMap(bits -> Stream.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 23, 32, 36, 45)
                        .map(tokens -> Arguments.of(type, bits, tokens))));
    }

    @ParameterizedTest(name = "type {0}, {1} bits, {2} tokens")
    @MethodSource("products")
    void eachIsThatOfTheQuantizedNumbers(int type, int vectorBits, int tokens) {
        graft_limit_vectors(vectorBits);
        BytePointer weights = weights(type);
        float[] x = gaussian(INPUTS * tokens, 3);
        x[5] = 40; // an outlier takes its block's other numbers along
        try (FloatPointer activations = new FloatPointer(x);
                FloatPointer out = new FloatPointer((long) OUTPUTS * tokens)) {
            assertThat(graft_multiply(type, weights, INPUTS, OUTPUTS, activations, tokens, out))
                    .isTrue();
            for (int t = 0; t < tokens; t++) {
                double[] rounded = rounded(x, t * INPUTS);
                for (int n = 0; n < OUTPUTS; n++) {
                    double[] row = row(type, weights, n);
                    double expected = 0;
                    double size = 0;
                    for (int k = 0; k < INPUTS; k++) {
                        expected += row[k] * rounded[k];
                        size += Math.abs(row[k] * rounded[k]);
                    }
                    // e sum(p) of each block is rounded to half precision, as ggml does it
                    assertThat((double) out.get((long) t * OUTPUTS + n))
                            .as("token %d, output %d", t, n)
                            .isCloseTo(expected, within(size * 1e-3));
                }
            }
        }
    }

    static Stream<Integer> types() {
        return Stream.of(GGML_TYPE_Q4_0, GGML_TYPE_Q4_1, GGML_TYPE_Q8_0);
    }

    /** So that an answer is the same whatever it was computed with: a prompt in one piece or in several, alone or beside others. */
    @ParameterizedTest(name = "type {0}")
    @MethodSource("types")
    void aTokenGetsTheSameBitsAloneAndAmongMany(int type) {
        int tokens = 45;
        BytePointer weights = weights(type);
        try (FloatPointer x = new FloatPointer(gaussian(INPUTS * tokens, 3));
                FloatPointer together = new FloatPointer((long) OUTPUTS * tokens);
                FloatPointer alone = new FloatPointer(OUTPUTS)) {
            graft_multiply(type, weights, INPUTS, OUTPUTS, x, tokens, together);
            for (int t = 0; t < tokens; t++) {
                graft_multiply(type, weights, INPUTS, OUTPUTS, x.getPointer((long) t * INPUTS), 1, alone);
                assertThat(floats(together, t * OUTPUTS)).as("token %d", t).containsExactly(floats(alone, 0));
            }
        }
    }

    private static float[] floats(FloatPointer from, int at) {
        float[] floats = new float[OUTPUTS];
        from.getPointer(at).get(floats);
        return floats;
    }

    @Test
    void anotherFormatIsLeftToGgml() {
        try (FloatPointer x = new FloatPointer(256);
                FloatPointer out = new FloatPointer(16)) {
            assertThat(graft_multiply(GGML_TYPE_Q4_K, new BytePointer(16 * 144L), 256, 16, x, 1, out))
                    .isFalse();
            assertThat(graft_multiply(GGML_TYPE_Q8_0, new BytePointer(15 * 34L), BLOCK, 15, x, 1, out))
                    .isFalse();
        }
    }

    private static BytePointer weights(int type) {
        BytePointer quantized = new BytePointer(OUTPUTS * ggml_row_size(type, INPUTS));
        try (FloatPointer exact = new FloatPointer(gaussian(INPUTS * OUTPUTS, 1))) {
            ggml_quantize_chunk(type, exact, quantized, 0, OUTPUTS, INPUTS, (FloatPointer) null);
        }
        return quantized;
    }

    private static float[] gaussian(int count, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** What a row of weights says, read from ggml's blocks (ggml-common.h). */
    private static double[] row(int type, BytePointer weights, int n) {
        double[] row = new double[INPUTS];
        for (int b = 0; b < INPUTS / BLOCK; b++) {
            long at = n * ggml_row_size(type, INPUTS) + b * ggml_row_size(type, BLOCK);
            double scale = Float.float16ToFloat(weights.getShort(at));
            boolean hasMinimum = type == GGML_TYPE_Q4_1;
            double minimum = hasMinimum ? Float.float16ToFloat(weights.getShort(at + 2)) : 0;
            long quants = at + (hasMinimum ? 4 : 2);
            for (int i = 0; i < BLOCK; i++) {
                int quant = type == GGML_TYPE_Q8_0
                        ? weights.get(quants + i)
                        : weights.get(quants + i % 16) >> (i < 16 ? 0 : 4) & 15;
                row[b * BLOCK + i] = scale * (type == GGML_TYPE_Q4_0 ? quant - 8 : quant) + minimum;
            }
        }
        return row;
    }

    /** A token's activations, rounded to signed bytes in blocks as ggml does before a product. */
    private static double[] rounded(float[] x, int begin) {
        double[] rounded = new double[INPUTS];
        for (int b = 0; b < INPUTS; b += BLOCK) {
            float most = 0;
            for (int i = 0; i < BLOCK; i++) {
                most = Math.max(most, Math.abs(x[begin + b + i]));
            }
            double scale = Float.float16ToFloat(Float.floatToFloat16(most / 127));
            for (int i = 0; i < BLOCK; i++) {
                rounded[b + i] = scale * Math.rint(x[begin + b + i] * (127 / most));
            }
        }
        return rounded;
    }
}
