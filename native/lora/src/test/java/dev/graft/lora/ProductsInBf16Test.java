package dev.graft.lora;

import static dev.graft.lora.Numbers.assertClose;
import static dev.graft.lora.Numbers.floats;
import static dev.graft.lora.Numbers.random;
import static dev.graft.lora.Numbers.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both sides of a product are rounded to bf16, to nearest with ties to even, and nothing else is: sums are in single precision. With AVX2 alone for
 * our own kernels products are oneDNN's; on a processor with AMX they are our own otherwise.
 */
class ProductsInBf16Test extends OnEachInstructionSet {
    private static final List<String> NAMES = List.of("out", "log sums", "dq", "dk", "dv");

    @BeforeEach
    void needsBf16() {
        assumeTrue(kernels.hasBf16(), "NOT MEASURED: this processor does not multiply bf16");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 16, 32",
        "5, 33, 64",
        "70, 101, 97",
        "3, 1, 7",
        "70, 192, 576",
        "16, 1536, 96",
        "37, 80, 64",
        "47, 96, 160",
        "600, 2048, 64",
        "600, 64, 2048"
    })
    void linear(int rows, int outputs, int inputs) {
        double[] x = random(rows * inputs, 1);
        double[] w = random(outputs * inputs, 2);
        double[] dy = random(rows * outputs, 3);
        var weight = new Weight(tensor(kernels, w, inputs).data(), GgufType.F32, outputs, inputs);
        Tensor y = kernels.allocate(rows, outputs);
        kernels.linear(true, tensor(kernels, x, inputs), weight, y, false);
        double[] right =
                Reference.product(rounded(x), Reference.transposed(rounded(w), outputs, inputs), rows, outputs, inputs);
        assertClose("y", floats(kernels, y), right, 2e-5);
        Tensor dx = kernels.allocate(rows, inputs);
        kernels.linearBackward(true, tensor(kernels, dy, outputs), weight, dx, false);
        right = Reference.product(rounded(dy), rounded(w), rows, inputs, outputs);
        assertClose("dx", floats(kernels, dx), right, 2e-5);
    }

    /** Backward 80 outputs are oneDNN's, forward they are tiles: each leaves the processor's registers as the other may find them. */
    @Test
    void oneDnnAndTilesTakeTurns() {
        int rows = 48;
        int outputs = 80;
        int inputs = 96;
        var weight =
                new Weight(tensor(kernels, random(outputs * inputs, 1), inputs).data(), GgufType.F32, outputs, inputs);
        Tensor x = tensor(kernels, random(rows * inputs, 2), inputs);
        Tensor dy = tensor(kernels, random(rows * outputs, 3), outputs);
        Tensor y = kernels.allocate(rows, outputs);
        Tensor dx = kernels.allocate(rows, inputs);
        kernels.linear(true, x, weight, y, false);
        kernels.linearBackward(true, dy, weight, dx, false);
        float[] firstY = floats(kernels, y);
        float[] firstDx = floats(kernels, dx);
        for (int round = 0; round < 20; round++) {
            kernels.linearBackward(true, dy, weight, dx, false);
            kernels.linear(true, x, weight, y, false);
            assertThat(floats(kernels, y)).isEqualTo(firstY);
            assertThat(floats(kernels, dx)).isEqualTo(firstDx);
        }
    }

    /** With the unit matrix a product gives the weight itself, rounded: expanded, and put into oneDNN's order where it has one, in both directions. */
    @ParameterizedTest
    @EnumSource(
            value = GgufType.class,
            names = {"F16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void weightsOfEachTypeAreRoundedOnce(GgufType type) throws IOException {
        int inputs = 512;
        int outputs = 96;
        byte[] blocks = Files.readAllBytes(Path.of("src/test/resources/quants").resolve(type + ".bin"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate((long) outputs * inputs / type.blockElements() * type.blockBytes());
            for (long at = 0; at < data.byteSize(); at++) {
                data.set(ValueLayout.JAVA_BYTE, at, blocks[(int) (at % blocks.length)]);
            }
            var weight = new Weight(data, type, outputs, inputs);
            Tensor numbers = kernels.allocate(outputs, inputs);
            kernels.dequantize(weight, numbers);
            double[] right = rounded(doubles(numbers));
            Tensor dx = kernels.allocate(outputs, inputs);
            kernels.linearBackward(true, unit(outputs), weight, dx, false);
            assertClose("dx", floats(kernels, dx), right, 1e-9);
            Tensor y = kernels.allocate(inputs, outputs);
            kernels.linear(true, unit(inputs), weight, y, false);
            assertClose("y", floats(kernels, y), Reference.transposed(right, outputs, inputs), 1e-9);
        }
    }

    private double[] doubles(Tensor tensor) {
        float[] floats = floats(kernels, tensor);
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    private Tensor unit(int rows) {
        double[] unit = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            unit[i * rows + i] = 1;
        }
        return tensor(kernels, unit, rows);
    }

    /** Probabilities are rounded too before they meet the vocabulary again. */
    @ParameterizedTest
    @CsvSource({"301, 24", "416, 96"})
    void crossEntropy(int vocabulary, int width) {
        int[] targets = {0, 300, 127, 128};
        double[] x = random(targets.length * width, 1);
        double[] w = random(vocabulary * width, 2);
        var weight = new Weight(tensor(kernels, w, width).data(), GgufType.F32, vocabulary, width);
        Tensor dx = kernels.allocate(targets.length, width);
        float[] logP = kernels.crossEntropy(true, tensor(kernels, x, width), weight, targets, 0.25, dx);
        double[] right = Reference.logProbabilities(rounded(x), rounded(w), width, targets);
        assertClose("log p", logP, right, 2e-5);
        double[] down = {-0.25, -0.25, -0.25, -0.25};
        double[] gradient = Numbers.differences(
                moved -> Reference.logProbabilities(moved, rounded(w), width, targets), rounded(x), down);
        assertClose("dx", floats(kernels, dx), gradient, 5e-3);
    }

    /** Where products are rounded, attention is that of single precision but for the rounding; elsewhere it is the same. */
    @ParameterizedTest
    @CsvSource({"0, 32", "35, 64", "200, 64", "0, 24"})
    void attention(int prefix, int width) {
        Segments segments = Segments.of(prefix, List.of(22, 41, 1, 35, 70, 16, 33));
        Tensor q = randomHeads(segments, 4 * width, 1);
        Tensor k = randomHeads(segments, 2 * width, 2);
        Tensor v = randomHeads(segments, 2 * width, 3);
        Tensor dout = randomHeads(segments, 4 * width, 4);
        List<Tensor> right = attention(false, segments, q, k, v, dout);
        List<Tensor> found = attention(true, segments, q, k, v, dout);
        for (int i = 0; i < right.size(); i++) {
            assertClose(NAMES.get(i), floats(kernels, found.get(i)), doubles(right.get(i)), 1.5e-2);
        }
    }

    private Tensor randomHeads(Segments segments, int columns, int seed) {
        return tensor(kernels, random(segments.rows() * columns, seed), columns);
    }

    private List<Tensor> attention(boolean bf16, Segments segments, Tensor q, Tensor k, Tensor v, Tensor dout) {
        Tensor out = kernels.allocate(q.rows(), q.columns());
        Tensor logSums = kernels.allocate(q.rows(), 4);
        kernels.attention(bf16, q, k, v, segments, 4, 2, out, logSums);
        Tensor dq = kernels.allocate(q.rows(), q.columns());
        Tensor dk = kernels.allocate(k.rows(), k.columns());
        Tensor dv = kernels.allocate(k.rows(), k.columns());
        kernels.attentionBackward(bf16, dout, out, q, k, v, logSums, segments, 4, 2, dq, dk, dv);
        return List.of(out, logSums, dq, dk, dv);
    }

    private static double[] rounded(double[] numbers) {
        return Arrays.stream(numbers).map(ProductsInBf16Test::rounded).toArray();
    }

    private static double rounded(double number) {
        int bits = Float.floatToRawIntBits((float) number);
        int odd = bits >>> 16 & 1;
        return Float.intBitsToFloat(bits + 0x7fff + odd & 0xffff0000);
    }
}
