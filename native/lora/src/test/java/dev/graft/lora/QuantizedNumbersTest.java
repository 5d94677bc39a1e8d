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
        }
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
