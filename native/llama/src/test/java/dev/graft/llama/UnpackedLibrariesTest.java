package dev.graft.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UnpackedLibrariesTest {
    private static final Path PARENT = Path.of("/cache/javacpp");

    private static Path folderOf(byte... content) throws IOException {
        return UnpackedLibraries.folder(PARENT, new ByteArrayInputStream(content));
    }

    @Test
    void contentsOfTheSameSizeLieApart() throws IOException {
        assertThat(folderOf((byte) 1, (byte) 2)).isNotEqualTo(folderOf((byte) 2, (byte) 1));
    }

    @Test
    void theSameContentLiesWhereItLay() throws IOException {
        assertThat(folderOf((byte) 1, (byte) 2))
                .isEqualTo(folderOf((byte) 1, (byte) 2))
                .hasParentRaw(PARENT);
    }

    @Test
    void theLibraryInUseIsUnpackedByContent() {
        LlamaLibrary.load(Optional.empty());
        assertThat(Path.of(System.getProperty(UnpackedLibraries.PROPERTY))
                        .getFileName()
                        .toString())
                .matches("[0-9a-f]{16}");
    }
}
