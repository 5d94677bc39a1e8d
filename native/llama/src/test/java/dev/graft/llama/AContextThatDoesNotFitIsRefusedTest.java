package dev.graft.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AContextThatDoesNotFitIsRefusedTest {
    private static final Path MODEL =
            Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    /** Layers, keys and values, heads of both, length of each, bytes of one. */
    private static final long BYTES_PER_CELL = 30 * 2 * 3 * 64 * 2;

    @TempDir
    private Path system;

    @Test
    void moreThanTheMachineHasIsRefusedWithTheFigures() {
        try (LlamaModel model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), MODEL, 0, Products.GGML)) {
            int cells = 1 << 30;

            assertThatThrownBy(
                            () -> LlamaContext.open(model, new ContextOptions(cells, 64, 1, 1, Attention.FLASH, false)))
                    .isInstanceOf(LlamaException.class)
                    .hasMessageContaining("KV cache takes " + cells * BYTES_PER_CELL / (1 << 20) + " MiB")
                    .hasMessageContaining("leaves")
                    .hasMessageContaining("lower graft.llama.context-tokens");
        }
    }

    @Test
    void theMachineCountsWhereNoGroupLimits() throws IOException {
        write("proc/meminfo", "MemTotal:  4000 kB\nMemAvailable:  3000 kB\n");

        assertThat(free()).contains(new FreeMemory(3000 * 1024, "the machine's MemAvailable"));
    }

    @Test
    void aGroupsLimitCountsLessWhatItHoldsButCache() throws IOException {
        write("proc/meminfo", "MemAvailable:  3000 kB\n");
        write("proc/self/cgroup", "0::/\n");
        group("", "1000000", 700_000, 50_000);

        assertThat(free().orElseThrow().bytes()).isEqualTo(350_000);
        assertThat(free().orElseThrow().limit()).endsWith("memory.max");
    }

    @Test
    void theTightestOfNestedGroupsCounts() throws IOException {
        write("proc/self/cgroup", "0::/outer/inner\n");
        group("outer/", "500000", 400_000, 0);
        group("outer/inner/", "max", 300_000, 0);

        assertThat(free().orElseThrow().bytes()).isEqualTo(100_000);
    }

    @Test
    void aSystemThatSaysNothingRefusesNothing() {
        assertThat(free()).isEmpty();
    }

    private Optional<FreeMemory> free() {
        return FreeMemory.now(system.resolve("proc"), system.resolve("groups"));
    }

    private void group(String name, String max, long current, long cache) throws IOException {
        write("groups/" + name + "memory.max", max + "\n");
        write("groups/" + name + "memory.current", current + "\n");
        write("groups/" + name + "memory.stat", "anon 1\ninactive_file " + cache + "\n");
    }

    private void write(String name, String text) throws IOException {
        Path file = system.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
