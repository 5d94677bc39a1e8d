package dev.graft.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.model.Fetched;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp ships vocabularies with texts ({@code .inp}) and the tokens that it makes of them ({@code .out}). */
class TokensEqualLlamaCppTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-spm",
                "llama-bpe",
                "gpt-2",
                "qwen2",
                "falcon",
                "starcoder",
                "refact",
                "command-r",
                "mpt",
                "phi-3"
            })
    void everyTextOfItsOwnTestsGivesItsOwnTokens(String vocabulary) throws IOException {
        Path file = Fetched.llamaModels().resolve("ggml-vocab-" + vocabulary + ".gguf");
        Tokenizer tokenizer = Tokenizer.of(GgufFile.read(file));
        String[] texts = Files.readString(Path.of(file + ".inp")).split("\n__ggml_vocab_test__\n", -1);
        String[] goldens = Files.readString(Path.of(file + ".out")).split("\n", -1);
        for (int i = 0; i < texts.length; i++) {
            int[] golden = Stream.of(goldens[i].trim().split(" "))
                    .filter(number -> !number.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            assertThat(tokenizer.encode(texts[i], false))
                    .as("text %d of %s, <%s>, golden %s", i, vocabulary, texts[i], Arrays.toString(golden))
                    .containsExactly(golden);
        }
        assertThat(texts.length).isGreaterThan(40);
    }
}
