package dev.graft.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.model.gguf.GgufType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What would read or write beyond memory is an exception, and the process lives on. */
class KernelsRefuseWhatDoesNotFitTest {
    @Test
    void shapesThatDoNotFit() {
        try (Kernels kernels = CpuKernels.open(1)) {
            Tensor small = kernels.allocate(2, 32);
            Tensor large = kernels.allocate(3, 32);
            assertThatThrownBy(() -> kernels.copy(large, small))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 x 32, must be 3 x 32");
            assertThatThrownBy(() -> small.top(3)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Weight(small.data(), GgufType.F32, 3, 32))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Segments.of(0, List.of(1, 0))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void numbersThatPointOutside() {
        try (Kernels kernels = CpuKernels.open(1)) {
            Tensor table = kernels.allocate(4, 32);
            Tensor out = kernels.allocate(1, 32);
            var weight = new Weight(table.data(), GgufType.F32, 4, 32);
            assertThatThrownBy(() -> kernels.embed(weight, new int[] {4}, out))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("vocabulary");
            assertThatThrownBy(() -> kernels.gather(table, new int[] {-1}, out)).isInstanceOf(KernelException.class);
            assertThatThrownBy(() -> kernels.logProbabilities(false, out, weight, new int[] {9}))
                    .isInstanceOf(KernelException.class);
            kernels.embed(weight, new int[] {3}, out);
            assertThat(Numbers.floats(kernels, out)).containsOnly(0f);
        }
    }

    @Test
    void typesWithoutAKernelAndThreadsThatCannotBe() {
        try (Kernels kernels = CpuKernels.open(1)) {
            Tensor memory = kernels.allocate(1, 256);
            var weight = new Weight(memory.data(), GgufType.Q2_K, 1, 256);
            assertThatThrownBy(() -> kernels.dequantize(weight, memory)).isInstanceOf(KernelException.class);
        }
        assertThatThrownBy(() -> CpuKernels.open(0)).isInstanceOf(KernelException.class);
    }
}
