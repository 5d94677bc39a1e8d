package dev.graft.lora;

import static dev.graft.lora.Numbers.assertClose;
import static dev.graft.lora.Numbers.floats;
import static dev.graft.lora.Numbers.random;
import static dev.graft.lora.Numbers.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.model.gguf.GgufType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernels that compute little or nothing: each element lands where it should. */
class RowsAreMovedAndSummedTest {
    private static final int ROWS = 7;
    private static final int WIDTH = 33;

    private final double[] x = random(ROWS * WIDTH, 1);
    private Kernels kernels;

    @BeforeEach
    void open() {
        kernels = CpuKernels.open(3);
    }

    @AfterEach
    void close() {
        kernels.close();
    }

    @Test
    void embeddingsAreRowsOfTheTable() {
        int[] tokens = {6, 0, 3, 3};
        var table = new Weight(tensor(kernels, x, WIDTH).data(), GgufType.F32, ROWS, WIDTH);
        Tensor out = kernels.allocate(tokens.length, WIDTH);
        kernels.embed(table, tokens, out);
        assertThat(floats(kernels, out)).containsExactly(rows(tokens));
    }

    @Test
    void gatheredAndScatteredBack() {
        int[] rows = {5, 0, 6};
        Tensor gathered = kernels.allocate(rows.length, WIDTH);
        kernels.gather(tensor(kernels, x, WIDTH), rows, gathered);
        assertThat(floats(kernels, gathered)).containsExactly(rows(rows));
        Tensor scattered = kernels.allocate(ROWS, WIDTH);
        kernels.scatter(gathered, rows, scattered);
        float[] found = floats(kernels, scattered);
        for (int row = 0; row < ROWS; row++) {
            int at = row;
            boolean there = Arrays.stream(rows).anyMatch(r -> r == at);
            float[] right = there ? rows(row) : new float[WIDTH];
            assertThat(Arrays.copyOfRange(found, row * WIDTH, (row + 1) * WIDTH))
                    .containsExactly(right);
        }
    }

    /** More elements than one block of the threads' shares. */
    @Test
    void addedScaledCopiedAndCleared() {
        double[] many = random(9001, 2);
        Tensor y = tensor(kernels, many, 9001);
        kernels.add(tensor(kernels, many, 9001), y);
        kernels.scale(-1.5, y);
        double[] right = Arrays.stream(many).map(number -> -3 * number).toArray();
        assertClose("-1.5 (y + y)", floats(kernels, y), right, 1e-6);
        Tensor copy = kernels.allocate(1, 9001);
        kernels.copy(y, copy);
        assertThat(floats(kernels, copy)).containsExactly(floats(kernels, y));
        kernels.clear(copy);
        assertThat(floats(kernels, copy)).containsOnly(0f);
    }

    @Test
    void squaresAreSummedInDoublePrecision() {
        double[] many = random(9001, 3);
        double right = Arrays.stream(many).map(number -> number * number).sum();
        assertThat(kernels.sumOfSquares(tensor(kernels, many, 9001))).isCloseTo(right, within(1e-9 * right));
    }

    private float[] rows(int... rows) {
        float[] numbers = new float[rows.length * WIDTH];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) x[rows[i / WIDTH] * WIDTH + i % WIDTH];
        }
        return numbers;
    }
}
