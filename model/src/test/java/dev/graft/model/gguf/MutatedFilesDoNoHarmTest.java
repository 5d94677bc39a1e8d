package dev.graft.model.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.chat.ChatTemplate;
import dev.graft.model.chat.ChatTemplateException;
import dev.graft.model.chat.ChatTurn;
import dev.graft.model.tokenizer.Tokenizer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happens to a file, reading it gives a sound header or {@link MalformedGgufException}, soon and in little memory. */
class MutatedFilesDoNoHarmTest {
    private static final int FILES = 100_000;
    private static final int MOST_TIMES_ITS_SIZE = 8;
    private static final int SMALL_CHANGE = 64 << 10; // buffer, exception, maps: whatever the file

    private final byte[] sound = TinyLlama.bytes();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aHundredThousandMutatedFilesAreReadOrRefused() {
        var random = new Random(20260904);
        int refused = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] file = mutated(random);
            refused += isRefused(file) ? 1 : 0;
            assertThat(allocated(file))
                    .as("file %d of %d bytes", i, file.length)
                    .isLessThan((long) MOST_TIMES_ITS_SIZE * file.length + SMALL_CHANGE);
        }
        assertThat(refused).isBetween(FILES / 2, FILES - 1_000);
    }

    private static boolean isRefused(byte[] file) {
        try {
            LlamaModelFile.check(GgufFile.read(file));
            return false;
        } catch (MalformedGgufException e) {
            assertThat(e.field()).isNotEmpty();
            return true;
        }
    }

    /** Bytes that a second reading takes: at a first one, classes may be loaded. */
    private long allocated(byte[] file) {
        long before = threads.getCurrentThreadAllocatedBytes();
        isRefused(file);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void whatAMutatedFilesHeaderLetsThroughGivesATokenizerAndTemplateOrARefusal() {
        var random = new Random(20260905);
        int tokenized = 0;
        for (int i = 0; i < 5_000; i++) {
            try {
                GgufFile file = GgufFile.read(mutated(random));
                Tokenizer tokenizer = Tokenizer.of(file);
                String text = ChatTemplate.of(file, tokenizer).text(List.of(new ChatTurn("user", "ab ab")), true);
                for (int token : tokenizer.encode(text, true)) {
                    tokenizer.bytes(token);
                }
                tokenized++;
            } catch (MalformedGgufException | ChatTemplateException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
        assertThat(tokenized).isGreaterThan(500);
    }

    @Test
    void everyTruncationIsRefused() {
        for (int length = 0; length < sound.length; length++) {
            byte[] file = Arrays.copyOf(sound, length);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> GgufFile.read(file)))
                    .as("%d of %d bytes", length, sound.length)
                    .isInstanceOf(MalformedGgufException.class);
        }
    }

    @Test
    void whatTheWriterWritesTheReaderReads() {
        GgufFile file = GgufFile.read(sound);
        assertThat(LlamaModelFile.check(file).parameters()).isGreaterThan(10_000);
        assertThat(file.metadata()).hasSize(16);
        assertThat(file.fraction("llama.attention.layer_norm_rms_epsilon").orElseThrow())
                .isEqualTo(1e-5f);
        assertThat(file.texts("tokenizer.ggml.tokens").orElseThrow().get(263)).isEqualTo("▁ab");
        assertThat(Tokenizer.of(file).encode("ab", false)).containsExactly(263);
    }

    private byte[] mutated(Random random) {
        return MutatedBytes.of(sound, 64, random);
    }
}
