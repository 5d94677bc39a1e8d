package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.inference.adapter.SettingsOf;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.llama.LlamaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a CUDA library that can't be loaded, since here is no GPU. */
class CudaIsUsedWhereAskedForTest {
    @TempDir
    private Path home;

    @BeforeEach
    void makeItUnusable() throws IOException {
        Files.writeString(
                Files.createDirectories(home.resolve("cache/llama-cuda")).resolve("libggml-cuda.so"), "no library");
    }

    @Test
    void askedForItMustWork() {
        assertThatThrownBy(() -> LibraryChoice.of(settings(Map.of("graft.llama.cuda", "true"))))
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("CUDA can't be used")
                .hasMessageContaining("graft.llama.cuda=false");
    }

    @Test
    void onlyFoundTheServiceGoesOnWithoutIt() {
        assertThat(LibraryChoice.of(settings(Map.of())).hasGpu()).isFalse();
    }

    @Test
    void refusedItIsNotEvenTried() {
        assertThat(LibraryChoice.of(settings(Map.of("graft.llama.cuda", "false")))
                        .hasGpu())
                .isFalse();
    }

    private InferenceSettings settings(Map<String, String> values) {
        return SettingsOf.home(home, values);
    }
}
