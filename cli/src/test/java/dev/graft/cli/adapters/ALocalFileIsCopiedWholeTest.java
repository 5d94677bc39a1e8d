package dev.graft.cli.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ALocalFileIsCopiedWholeTest {
    /** SHA-256 of "abc", as in FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void underItsHashAndOnlyOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("my adapter.gguf"), "abc");
        Path adapters = folder.resolve("home/adapters");
        LocalFile copy = LocalFile.copied(file, adapters);
        assertThat(copy.sha256()).isEqualTo(ABC);
        assertThat(Path.of(copy.source()))
                .isEqualTo(adapters.resolve(ABC + ".gguf"))
                .hasContent("abc");
        assertThat(LocalFile.copied(file, adapters)).isEqualTo(copy);
        assertThat(adapters).isDirectoryContaining(path -> path.endsWith(ABC + ".gguf"));
        try (var files = Files.list(adapters)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void ofOneThatCouldNotBeMadeNothingIsLeft() throws Exception {
        Path adapters = folder.resolve("adapters");
        assertThatThrownBy(() -> LocalFile.made(adapters, file -> {
                    Files.writeString(file, "ab");
                    throw new IOException("no more");
                }))
                .hasMessage("no more");
        assertThat(adapters).isEmptyDirectory();
    }

    @Test
    void whatIsNoFileIsRefusedByName() {
        assertThatThrownBy(() -> LocalFile.copied(folder, folder.resolve("adapters")))
                .isInstanceOf(FaultException.class)
                .hasMessageContaining(folder.toString());
    }
}
