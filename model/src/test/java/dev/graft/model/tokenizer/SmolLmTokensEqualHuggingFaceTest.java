package dev.graft.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.model.Fetched;
import dev.graft.model.gguf.GgufFile;
import java.io.File;
import java.io.IOException;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Goldens by Hugging Face's tokenizers; src/test/python/smollm_goldens.py makes them. */
class SmolLmTokensEqualHuggingFaceTest {
    private final Tokenizer tokenizer = Tokenizer.of(GgufFile.read(Fetched.smolLm()));
    private final JsonNode goldens = new ObjectMapper().readTree(new File("src/test/resources/tokenizer/smollm2.json"));

    SmolLmTokensEqualHuggingFaceTest() throws IOException {}

    @Test
    void textIsTheSameTokens() {
        for (JsonNode golden : goldens) {
            String text = golden.get("text").asText();
            assertThat(tokenizer.encode(text, false)).as(text).containsExactly(tokens(golden.get("plain")));
        }
        assertThat(goldens.size()).isGreaterThan(300);
    }

    @Test
    void textWithSpecialTokensIsTheSameTokens() {
        for (JsonNode golden : goldens) {
            String text = golden.get("text").asText();
            assertThat(tokenizer.encode(text, true)).as(text).containsExactly(tokens(golden.get("special")));
        }
    }

    @Test
    void theFilesOwnFactsAreFound() {
        assertThat(tokenizer.size()).isEqualTo(49152);
        assertThat(tokenizer.bos()).hasValue(1);
        assertThat(tokenizer.eos()).hasValue(2);
        assertThat(tokenizer.addBos()).isFalse();
        assertThat(tokenizer.endOfGeneration(2)).as("<|im_end|>").isTrue();
        assertThat(tokenizer.endOfGeneration(0)).as("<|endoftext|>").isTrue();
        assertThat(tokenizer.endOfGeneration(1)).as("<|im_start|>").isFalse();
        assertThat(tokenizer.decode(new int[] {1, 2}, false)).isEmpty();
        assertThat(tokenizer.decode(new int[] {1, 2}, true)).isEqualTo("<|im_start|><|im_end|>");
    }

    private static int[] tokens(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
