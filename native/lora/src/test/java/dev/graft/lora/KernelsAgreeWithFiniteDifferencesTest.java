package dev.graft.lora;

import static dev.graft.lora.Numbers.assertClose;
import static dev.graft.lora.Numbers.differences;
import static dev.graft.lora.Numbers.floats;
import static dev.graft.lora.Numbers.random;
import static dev.graft.lora.Numbers.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.model.gguf.GgufType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kernel's values against {@link Reference}, its gradients against finite differences of that. Lengths are odd ones too. */
class KernelsAgreeWithFiniteDifferencesTest extends OnEachInstructionSet {
    private static final double CLOSE = 2e-5;

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 65", "7, 48"})
    void rmsNorm(int rows, int width) {
        double[] x = random(rows * width, 1);
        double[] w = random(width, 2);
        double[] dy = random(rows * width, 3);
        Tensor tx = tensor(kernels, x, width);
        Tensor tw = tensor(kernels, w, width);
        Tensor y = kernels.allocate(rows, width);
        Tensor inverse = kernels.allocate(rows, 1);
        kernels.rmsNorm(tx, tw, 1e-5, y, inverse);
        assertClose("y", floats(kernels, y), Reference.rmsNorm(x, w, 1e-5), CLOSE);
        Tensor dx = kernels.allocate(rows, width);
        kernels.rmsNormBackward(tensor(kernels, dy, width), tx, tw, inverse, dx, false);
        double[] right = differences(moved -> Reference.rmsNorm(moved, w, 1e-5), x, dy);
        assertClose("dx", floats(kernels, dx), right, CLOSE);
        kernels.rmsNormBackward(tensor(kernels, dy, width), tx, tw, inverse, dx, true);
        assertClose(
                "2 dx",
                floats(kernels, dx),
                Arrays.stream(right).map(d -> 2 * d).toArray(),
                CLOSE);
    }

    @Test
    void swiGlu() {
        double[] gate = Arrays.stream(random(9001, 1)).map(g -> 4 * g).toArray();
        double[] up = random(9001, 2);
        Tensor tg = tensor(kernels, gate, 9001);
        Tensor tu = tensor(kernels, up, 9001);
        Tensor out = kernels.allocate(1, 9001);
        kernels.swiGlu(tg, tu, out);
        assertClose("out", floats(kernels, out), Reference.swiGlu(gate, up), CLOSE);
        double[] fewGates = Arrays.copyOf(gate, 301);
        double[] fewUps = Arrays.copyOf(up, 301);
        double[] dout = random(301, 3);
        Tensor dgate = kernels.allocate(1, 301);
        Tensor dup = kernels.allocate(1, 301);
        kernels.swiGluBackward(
                tensor(kernels, dout, 301), tensor(kernels, fewGates, 301), tensor(kernels, fewUps, 301), dgate, dup);
        assertClose(
                "dgate", floats(kernels, dgate), differences(g -> Reference.swiGlu(g, fewUps), fewGates, dout), CLOSE);
        assertClose("dup", floats(kernels, dup), differences(u -> Reference.swiGlu(fewGates, u), fewUps, dout), CLOSE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 40})
    void attention(int prefix) {
        int heads = 4;
        int kvHeads = 2;
        int width = 10;
        Segments segments = Segments.of(prefix, List.of(5, 1, 7));
        int rows = segments.rows();
        double[] q = random(rows * heads * width, 1);
        double[] k = random(rows * kvHeads * width, 2);
        double[] v = random(rows * kvHeads * width, 3);
        double[] dout = random(rows * heads * width, 4);
        Tensor tq = tensor(kernels, q, heads * width);
        Tensor tk = tensor(kernels, k, kvHeads * width);
        Tensor tv = tensor(kernels, v, kvHeads * width);
        Tensor out = kernels.allocate(rows, heads * width);
        Tensor logSums = kernels.allocate(rows, heads);
        kernels.attention(false, tq, tk, tv, segments, heads, kvHeads, out, logSums);
        assertClose("out", floats(kernels, out), Reference.attention(q, k, v, segments, heads, kvHeads, width), CLOSE);
        Tensor dq = kernels.allocate(rows, heads * width);
        Tensor dk = kernels.allocate(rows, kvHeads * width);
        Tensor dv = kernels.allocate(rows, kvHeads * width);
        kernels.attentionBackward(
                false,
                tensor(kernels, dout, heads * width),
                out,
                tq,
                tk,
                tv,
                logSums,
                segments,
                heads,
                kvHeads,
                dq,
                dk,
                dv);
        assertClose(
                "dq",
                floats(kernels, dq),
                differences(m -> Reference.attention(m, k, v, segments, heads, kvHeads, width), q, dout),
                CLOSE);
        assertClose(
                "dk",
                floats(kernels, dk),
                differences(m -> Reference.attention(q, m, v, segments, heads, kvHeads, width), k, dout),
                CLOSE);
        assertClose(
                "dv",
                floats(kernels, dv),
                differences(m -> Reference.attention(q, k, m, segments, heads, kvHeads, width), v, dout),
                CLOSE);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 128, 700})
    void crossEntropy(int vocabulary) {
        int width = 24;
        int[] targets = {0, vocabulary - 1, 3, 3};
        double[] x = random(targets.length * width, 1);
        double[] w = random(vocabulary * width, 2);
        Tensor tw = tensor(kernels, w, width);
        var weight = new Weight(tw.data(), GgufType.F32, vocabulary, width);
        Tensor tx = tensor(kernels, x, width);
        Tensor dx = kernels.allocate(targets.length, width);
        double[] right = Reference.logProbabilities(x, w, width, targets);
        assertClose("log p", kernels.crossEntropy(false, tx, weight, targets, 0.25, dx), right, CLOSE);
        assertClose("log p alone", kernels.logProbabilities(false, tx, weight, targets), right, CLOSE);
        double[] down = {-0.25, -0.25, -0.25, -0.25};
        double[] gradient = differences(m -> Reference.logProbabilities(m, w, width, targets), x, down);
        assertClose("dx", floats(kernels, dx), gradient, CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"1, 16, 32", "5, 33, 64", "70, 100, 96"})
    void linear(int rows, int outputs, int inputs) {
        double[] x = random(rows * inputs, 1);
        double[] w = random(outputs * inputs, 2);
        double[] dy = random(rows * outputs, 3);
        var weight = new Weight(tensor(kernels, w, inputs).data(), GgufType.F32, outputs, inputs);
        Tensor y = kernels.allocate(rows, outputs);
        kernels.linear(false, tensor(kernels, x, inputs), weight, y, false);
        double[] right = Reference.product(x, Reference.transposed(w, outputs, inputs), rows, outputs, inputs);
        assertClose("y", floats(kernels, y), right, CLOSE);
        Tensor dx = kernels.allocate(rows, inputs);
        kernels.linearBackward(false, tensor(kernels, dy, outputs), weight, dx, false);
        kernels.linearBackward(false, tensor(kernels, dy, outputs), weight, dx, true);
        double[] twice = Arrays.stream(Reference.product(dy, w, rows, inputs, outputs))
                .map(d -> 2 * d)
                .toArray();
        assertClose("2 dx", floats(kernels, dx), twice, CLOSE);
    }

    @ParameterizedTest
    @CsvSource({"37, 19, 50", "37, 16, 50", "16, 80, 37", "41, 48, 3", "70, 96, 80", "3, 32, 1"})
    void product(int m, int n, int k) {
        double[] a = random(m * k, 1);
        double[] b = random(k * n, 2);
        double[] right = Reference.product(a, b, m, n, k);
        double[] twice = Arrays.stream(right).map(x -> 2 * x).toArray();
        Tensor c = kernels.allocate(m, n);
        for (boolean aTransposed : new boolean[] {false, true}) {
            for (boolean bTransposed : new boolean[] {false, true}) {
                Tensor ta = aTransposed ? tensor(kernels, Reference.transposed(a, m, k), m) : tensor(kernels, a, k);
                Tensor tb = bTransposed ? tensor(kernels, Reference.transposed(b, k, n), k) : tensor(kernels, b, n);
                kernels.product(ta, aTransposed, tb, bTransposed, c, false);
                assertClose("c", floats(kernels, c), right, CLOSE);
                kernels.product(ta, aTransposed, tb, bTransposed, c, true);
                assertClose("2 c", floats(kernels, c), twice, CLOSE);
            }
        }
    }

    /** Turning is orthogonal: its backward undoes it. */
    @ParameterizedTest
    @ValueSource(strings = {"PAIRS", "HALVES"})
    void rotation(Kernels.RotaryLayout layout) {
        int heads = 3;
        int width = 6;
        int[] positions = {0, 4, 2};
        double[] x = random(positions.length * heads * width, 1);
        double[] table = new double[5 * width];
        for (int position = 0; position < 5; position++) {
            for (int pair = 0; pair < width / 2; pair++) {
                table[position * width + 2 * pair] = Math.cos(position * (pair + 1));
                table[position * width + 2 * pair + 1] = Math.sin(position * (pair + 1));
            }
        }
        Tensor turned = tensor(kernels, x, heads * width);
        Tensor angles = tensor(kernels, table, width);
        kernels.rotate(turned, heads, positions, angles, layout, false);
        double[] right = x.clone();
        for (int head = 0; head < positions.length * heads; head++) {
            for (int pair = 0; pair < width / 2; pair++) {
                int position = positions[head / heads];
                boolean pairs = layout == Kernels.RotaryLayout.PAIRS;
                int a = head * width + (pairs ? 2 * pair : pair);
                int b = a + (pairs ? 1 : width / 2);
                double cosine = table[position * width + 2 * pair];
                double sine = table[position * width + 2 * pair + 1];
                right[a] = x[a] * cosine - x[b] * sine;
                right[b] = x[a] * sine + x[b] * cosine;
            }
        }
        assertClose("turned", floats(kernels, turned), right, CLOSE);
        kernels.rotate(turned, heads, positions, angles, layout, true);
        assertClose("turned back", floats(kernels, turned), x, CLOSE);
    }

    @Test
    void dropoutLeavesOutItsShareAndIsTheSameOnAnyNumberOfThreads() {
        double[] ones = new double[100_000];
        Arrays.fill(ones, 1);
        Tensor x = tensor(kernels, ones, 1000);
        Tensor y = kernels.allocate(100, 1000);
        kernels.dropout(x, 0.2, 42, 7, y, false);
        float[] dropped = floats(kernels, y);
        int zeros = 0;
        for (float number : dropped) {
            assertThat(number).isIn(0f, 1.25f);
            zeros += number == 0 ? 1 : 0;
        }
        assertThat(zeros).isBetween(19_500, 20_500);
        try (Kernels alone = CpuKernels.open(1)) {
            Tensor other = alone.allocate(100, 1000);
            alone.dropout(tensor(alone, ones, 1000), 0.2, 42, 7, other, false);
            assertThat(floats(alone, other)).containsExactly(dropped);
            alone.dropout(tensor(alone, ones, 1000), 0.2, 42, 8, other, false);
            assertThat(floats(alone, other)).isNotEqualTo(dropped);
        }
    }
}
