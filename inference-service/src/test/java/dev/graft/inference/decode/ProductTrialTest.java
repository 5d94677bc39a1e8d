package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.Products;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProductTrialTest {
    private final LlamaLibrary library = LlamaLibrary.load(Optional.empty());

    /** Where ggml has no tiles of bytes the two are several times apart: noise can't turn them round. */
    @Test
    void theFasterOneIsFound() {
        Products.fastest()
                .ifPresent(faster -> assertThat(new ProductTrial(library, RunningEngine.MODEL, 2).faster())
                        .isEqualTo(faster));
    }

    @Test
    void aLargeModelIsNotLoadedTwice(@TempDir Path folder) throws IOException {
        Path large = Files.createFile(folder.resolve("large.gguf"));
        try (FileChannel channel = FileChannel.open(large, StandardOpenOption.WRITE)) {
            channel.position(2L << 30).write(ByteBuffer.allocate(1)); // sparse, and no model: opening it would fail
        }
        assertThat(new ProductTrial(library, large, 2).faster()).isEqualTo(Products.GGML);
    }
}
