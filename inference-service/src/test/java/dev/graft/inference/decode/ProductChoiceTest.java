package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.llama.LlamaLibrary;
import dev.graft.llama.Products;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProductChoiceTest {
    @BeforeAll
    static void load() {
        LlamaLibrary.load(Optional.empty());
    }

    @Test
    void graftsOwnWhereItPacksMostOfTheWeights() throws IOException {
        assertThat(ProductChoice.of(GgufFile.read(RunningEngine.MODEL))).isEqualTo(Products.fastest());
        assertThat(ProductChoice.of(file(GgufType.Q4_0, 3, GgufType.Q6_K, 1))).isEqualTo(Products.fastest());
    }

    @Test
    void ggmlsWhereItHasPackedFormsOfItsOwn() throws IOException {
        assertThat(ProductChoice.of(file(GgufType.Q4_0, 1, GgufType.Q4_K, 3))).isEqualTo(Products.GGML);
    }

    /** Two tensors, of so many rows each. */
    private static GgufFile file(GgufType first, long rows, GgufType second, long moreRows) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GgufWriter writer = new GgufWriter();
        add(writer, "first", first, rows);
        add(writer, "second", second, moreRows);
        writer.writeTo(out);
        return GgufFile.read(out.toByteArray());
    }

    private static void add(GgufWriter writer, String name, GgufType type, long rows) {
        byte[] zeros = new byte[Math.toIntExact(rows * 256 / type.blockElements() * type.blockBytes())];
        writer.tensor(name, List.of(256L, rows), type, out -> out.write(zeros));
    }
}
