package dev.graft.lora;

import static dev.graft.lora.Numbers.assertClose;
import static dev.graft.lora.Numbers.floats;
import static dev.graft.lora.Numbers.random;
import static dev.graft.lora.Numbers.tensor;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.model.gguf.GgufType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both sides of a product are rounded to bf16, to nearest with ties to even, and nothing else is: sums are in single precision. */
class ProductsInBf16Test {
    private Kernels kernels;

    @BeforeEach
    void open() {
        kernels = CpuKernels.open(3);
        assumeTrue(kernels.hasBf16(), "NOT MEASURED: this processor does not multiply bf16");
    }

    @AfterEach
    void close() {
        kernels.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 16, 32", "5, 33, 64", "70, 101, 97", "3, 1, 7"})
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

    /** Probabilities are rounded too before they meet the vocabulary again. */
    @Test
    void crossEntropy() {
        int vocabulary = 301;
        int width = 24;
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

    private static double[] rounded(double[] numbers) {
        return Arrays.stream(numbers).map(ProductsInBf16Test::rounded).toArray();
    }

    private static double rounded(double number) {
        int bits = Float.floatToRawIntBits((float) number);
        int odd = bits >>> 16 & 1;
        return Float.intBitsToFloat(bits + 0x7fff + odd & 0xffff0000);
    }
}
