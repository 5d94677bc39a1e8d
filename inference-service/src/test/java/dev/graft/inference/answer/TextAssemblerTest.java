package dev.graft.inference.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextAssemblerTest {
    @Test
    void aCharacterIsTextOnceItsLastByteIsThere() {
        byte[] face = "🙂".getBytes(UTF_8);
        var text = new TextAssembler(List.of());
        assertThat(text.append(Arrays.copyOfRange(face, 0, 1))).isEmpty();
        assertThat(text.append(Arrays.copyOfRange(face, 1, 3))).isEmpty();
        assertThat(text.append(Arrays.copyOfRange(face, 3, 4))).isEqualTo("🙂");
        assertThat(text.finish()).isEmpty();
    }

    @Test
    void whatIsNoUtf8IsReplacedAndAnUnfinishedCharacterAtTheEndToo() {
        var text = new TextAssembler(List.of());
        assertThat(text.append(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo("a\uFFFDb");
        assertThat(text.append(new byte[] {(byte) 0xe2, (byte) 0x82})).isEmpty();
        assertThat(text.finish()).isEqualTo("\uFFFD");
    }

    @Test
    void aStopTextOverTokenBordersEndsTheAnswerBeforeIt() {
        var text = new TextAssembler(List.of("\nUser:"));
        assertThat(append(text, "Hello")).isEqualTo("Hello");
        assertThat(append(text, "!\nU")).isEqualTo("!");
        assertThat(append(text, "se")).isEmpty();
        assertThat(append(text, "r: and more")).isEmpty();
        assertThat(text.stopped()).isTrue();
        assertThat(append(text, "nothing after it")).isEmpty();
        assertThat(text.finish()).isEmpty();
    }

    @Test
    void whatOnlyBeganLikeAStopTextIsTextAfterAll() {
        var text = new TextAssembler(List.of("END"));
        assertThat(append(text, "the E")).isEqualTo("the ");
        assertThat(append(text, "N")).isEmpty();
        assertThat(append(text, "ough")).isEqualTo("ENough");
        assertThat(append(text, " EN")).isEqualTo(" ");
        assertThat(text.finish()).isEqualTo("EN");
        assertThat(text.stopped()).isFalse();
    }

    @Test
    void ofSeveralStopTextsTheFirstInTheTextCounts() {
        var text = new TextAssembler(List.of("zz", "b"));
        assertThat(append(text, "abczz")).isEqualTo("a");
        assertThat(text.stopped()).isTrue();
    }

    @Test
    void aBeginningWithinABeginningIsHeld() {
        var text = new TextAssembler(List.of("aab"));
        assertThat(append(text, "aa")).isEmpty();
        assertThat(append(text, "a")).isEqualTo("a");
        assertThat(append(text, "b")).isEmpty();
        assertThat(text.stopped()).isTrue();
    }

    @Test
    void aStopTextOfCharactersOfSeveralBytesIsFoundWhereverTokensEnd() {
        var random = new Random(1);
        byte[] all = "Grüße, 世界 – é🙂é and so on".getBytes(UTF_8);
        for (int round = 0; round < 500; round++) {
            var text = new TextAssembler(List.of("🙂é"));
            var answer = new StringBuilder();
            for (int at = 0; at < all.length; ) {
                int end = Math.min(all.length, at + 1 + random.nextInt(5));
                answer.append(text.append(Arrays.copyOfRange(all, at, end)));
                at = end;
            }
            answer.append(text.finish());
            assertThat(answer.toString()).isEqualTo("Grüße, 世界 – é");
            assertThat(text.stopped()).isTrue();
        }
    }

    private static String append(TextAssembler text, String token) {
        return text.append(token.getBytes(UTF_8));
    }
}
