package dev.graft.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.model.gguf.GgufType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of each type are the numbers that ggml's own Python package reads out of them: see {@code src/test/python/quant_goldens.py}. */
class QuantizedNumbersTest extends OnEachInstructionSet {
    private static final Path GOLDENS = Path.of("src/test/resources/quants");

    @ParameterizedTest
    @EnumSource(
            value = GgufType.class,
            names = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"})
    void areTheSame(GgufType type) throws IOException {
        byte[] blocks = Files.readAllBytes(GOLDENS.resolve(type + ".bin"));
        var right = ByteBuffer.wrap(Files.readAllBytes(GOLDENS.resolve(type + ".f32")))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        int count = right.remaining();
        double[] expected = new double[count];
        for (int i = 0; i < count; i++) {
            expected[i] = right.get(i);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, blocks);
            var weight = new Weight(data, type, count / 512, 512);
            Tensor numbers = kernels.allocate(count / 512, 512);
            kernels.dequantize(weight, numbers);
            float[] found = Numbers.floats(kernels, numbers);
            Numbers.assertClose(type.name(), found, expected, 1e-6);
            assertProductsReadTheSame(weight, expected);
            assertRowsAreLookedUp(weight, expected);
            float[] floats = new float[count];
            for (int i = 0; i < count; i++) {
                floats[i] = (float) expected[i];
            }
            MemorySegment exact = arena.allocateFrom(ValueLayout.JAVA_FLOAT, floats);
            assertTheHeadReadsTheSame(weight, new Weight(exact, GgufType.F32, weight.outputs(), weight.inputs()));
        }
    }

    private void assertRowsAreLookedUp(Weight weight, double[] expected) {
        int[] all = IntStream.range(0, weight.outputs()).toArray();
        Tensor rows = kernels.allocate(all.length, weight.inputs());
        kernels.embed(weight, all, rows);
        Numbers.assertClose("rows", Numbers.floats(kernels, rows), expected, 1e-6);
    }

    /** Forward, and as the head whose logits are never all there. */
    private void assertTheHeadReadsTheSame(Weight weight, Weight exact) {
        int rows = 3;
        int[] targets = {0, weight.outputs() - 1, 0};
        Tensor x = Numbers.tensor(kernels, Numbers.random(rows * weight.inputs(), 5), weight.inputs());
        assertSame("y", weight, exact, weight.outputs(), (w, y) -> kernels.linear(false, x, w, y, false));
        assertSame("dx", weight, exact, weight.inputs(), (w, dx) -> {
            float[] found = kernels.crossEntropy(false, x, w, targets, 1, dx);
            assertThat(found).containsExactly(kernels.logProbabilities(false, x, w, targets));
        });
        Numbers.assertClose(
                "log p",
                kernels.logProbabilities(false, x, weight, targets),
                doubles(kernels.logProbabilities(false, x, exact, targets)),
                1e-6);
    }

    private void assertSame(String name, Weight weight, Weight exact, int columns, BiConsumer<Weight, Tensor> compute) {
        Tensor found = kernels.allocate(3, columns);
        Tensor right = kernels.allocate(3, columns);
        compute.accept(weight, found);
        compute.accept(exact, right);
        Numbers.assertClose(name, Numbers.floats(kernels, found), doubles(Numbers.floats(kernels, right)), 1e-6);
    }

    private static double[] doubles(float[] floats) {
        double[] numbers = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            numbers[i] = floats[i];
        }
        return numbers;
    }

    /** A product expands part of a row at a time: with the unit matrix it gives the weight itself. */
    private void assertProductsReadTheSame(Weight weight, double[] expected) {
        int rows = weight.outputs();
        double[] unit = new double[rows * rows];
        for (int i = 0; i < rows; i++) {
            unit[i * rows + i] = 1;
        }
        Tensor dx = kernels.allocate(rows, weight.inputs());
        kernels.linearBackward(false, Numbers.tensor(kernels, unit, rows), weight, dx, false);
        Numbers.assertClose("dx", Numbers.floats(kernels, dx), expected, 1e-6);
        assertThat(dx.rows()).isEqualTo(rows);
    }
}
