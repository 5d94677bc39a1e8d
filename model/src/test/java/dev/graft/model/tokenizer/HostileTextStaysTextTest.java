package dev.graft.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.model.Fetched;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTextStaysTextTest {
    private static final List<String> MARKERS = List.of(
            "<|im_start|>",
            "<|im_end|>",
            "<|endoftext|>",
            "<s>",
            "</s>",
            "<unk>",
            "[INST]",
            "<<SYS>>",
            "<0x0A>",
            "<|eot_id|>",
            "<|begin_of_text|>",
            "<|start_header_id|>");

    private static Tokenizer tokenizer(String vocabulary) throws IOException {
        return Tokenizer.of(GgufFile.read(
                vocabulary.equals("smollm")
                        ? Fetched.smolLm()
                        : Fetched.llamaModels().resolve("ggml-vocab-" + vocabulary + ".gguf")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "llama-spm", "llama-bpe", "gpt-2"})
    void noUntrustedTextBecomesASpecialTokenAndAllOfItIsKept(String vocabulary) throws IOException {
        Tokenizer tokenizer = tokenizer(vocabulary);
        var random = new Random(7);
        for (int i = 0; i < 500; i++) {
            String text = random.ints(random.nextInt(1, 12), 0, MARKERS.size() + 3)
                    .mapToObj(n -> n < MARKERS.size() ? MARKERS.get(n) : n == MARKERS.size() ? "\n" : " word")
                    .reduce("", String::concat);
            int[] tokens = tokenizer.encode(List.of(Segment.untrusted(text)));
            assertThat(Arrays.stream(tokens)).as(text).noneMatch(tokenizer::isSpecial);
            assertThat(tokenizer.decode(tokens, false)).isEqualTo(prefixed(tokenizer, text));
        }
    }

    /** SentencePiece puts a blank before a text. */
    private static String prefixed(Tokenizer tokenizer, String text) {
        boolean blank = tokenizer.decode(tokenizer.encode("a", false), false).startsWith(" ");
        return blank ? " " + text : text;
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "llama-spm", "llama-bpe"})
    void harmlessTextIsTheSameTokensHoweverItIsCutIntoSegments(String vocabulary) throws IOException {
        Tokenizer tokenizer = tokenizer(vocabulary);
        String special = tokenizer.piece(tokenizer.eos().orElseThrow());
        var random = new Random(11);
        for (int i = 0; i < 300; i++) {
            List<Segment> segments = new ArrayList<>();
            for (int n = random.nextInt(1, 8); n > 0; n--) {
                segments.add(Segment.trusted(random.nextBoolean() ? special : "user\n"));
                segments.add(Segment.untrusted(List.of("Hello", " it's", " 12", "\n\n", "", "don", "'t")
                        .get(random.nextInt(7))));
            }
            String whole = segments.stream().map(Segment::text).reduce("", String::concat);
            assertThat(tokenizer.encode(segments)).as("%s", segments).containsExactly(tokenizer.encode(whole, true));
        }
    }

    @Test
    void aMarkerSplitBetweenTrustedAndUntrustedTextIsNoMarker() throws IOException {
        Tokenizer tokenizer = tokenizer("smollm");
        assertThat(Arrays.stream(tokenizer.encode(List.of(Segment.untrusted("<|im_"), Segment.trusted("start|>")))))
                .noneMatch(tokenizer::isSpecial);
        assertThat(tokenizer.encode(List.of(Segment.trusted("<|im_"), Segment.trusted(""), Segment.trusted("start|>"))))
                .containsExactly(1);
        assertThat(tokenizer.encode(
                        List.of(Segment.trusted("<|im_"), Segment.untrusted(""), Segment.trusted("start|>"))))
                .containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "llama-spm", "llama-bpe"})
    void aMegabyteOfOneLetterIsTokenizedWholly(String vocabulary) throws IOException {
        Tokenizer tokenizer = tokenizer(vocabulary);
        for (String letter : List.of("a", "\0", "字")) {
            String text = letter.repeat(1 << 20);
            assertThat(tokenizer.decode(tokenizer.encode(text, true), true)).isEqualTo(prefixed(tokenizer, text));
        }
    }

    @Test
    void halfASurrogatePairBecomesTheReplacementCharacter() throws IOException {
        for (String vocabulary : List.of("smollm", "llama-spm")) {
            Tokenizer tokenizer = tokenizer(vocabulary);
            String text = tokenizer.decode(tokenizer.encode("a\uD83D b\uDC00\uD83D\uDE00", false), false);
            assertThat(text).isEqualTo(prefixed(tokenizer, "a\uFFFD b\uFFFD\uD83D\uDE00"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"smollm", "llama-spm", "llama-bpe", "gpt-2", "qwen2"})
    void anyTextComesBackFromItsTokens(String vocabulary) throws IOException {
        Tokenizer tokenizer = tokenizer(vocabulary);
        var random = new Random(13);
        for (int i = 0; i < 2_000; i++) {
            int[] points = random.ints(random.nextInt(40), 0, 0x3000)
                    .map(point -> random.nextInt(9) == 0 ? 0x10000 + point : random.nextBoolean() ? point % 128 : point)
                    .filter(point -> comesBack(tokenizer, point))
                    .toArray();
            String text = new String(points, 0, points.length);
            String back = tokenizer.decode(tokenizer.encode(text, false), false);
            assertThat(back).isEqualTo(text.isEmpty() ? "" : prefixed(tokenizer, text));
        }
    }

    /** SmolLM2 has no tokens for some bytes, such as DEL, and leaves them out as llama.cpp does; SentencePiece's sign for a blank is a blank. */
    private static boolean comesBack(Tokenizer tokenizer, int point) {
        int[] bare = tokenizer.encode(List.of(Segment.untrusted("a" + Character.toString(point))));
        return tokenizer.decode(bare, false).endsWith(Character.toString(point));
    }

    @Test
    void theHeapMergesAsTheScanDoes() {
        var random = new Random(17);
        var pairs = new PairTable(64);
        for (int rank = 0; rank < 60; rank++) {
            pairs.add(random.nextInt(8 + rank), random.nextInt(8 + rank), random.nextInt(20), 8 + rank);
        }
        for (int i = 0; i < 20_000; i++) {
            int[] scanned = random.ints(random.nextInt(1, 60), 0, 8).toArray();
            int[] heaped = scanned.clone();
            int left = new Merger(pairs).mergeShort(scanned, scanned.length);
            int leftByHeap = new Merger(pairs).mergeLong(heaped, heaped.length);
            assertThat(Arrays.copyOf(heaped, leftByHeap)).containsExactly(Arrays.copyOf(scanned, left));
        }
    }

    @Test
    void manyThreadsGetTheSameTokens() throws IOException {
        Tokenizer tokenizer = tokenizer("smollm");
        List<String> texts = IntStream.range(0, 200)
                .mapToObj(i -> "text number " + i + " of many ")
                .toList();
        List<int[]> alone =
                texts.stream().map(text -> tokenizer.encode(text, false)).toList();
        List<int[]> together = texts.parallelStream()
                .map(text -> tokenizer.encode(text, false))
                .toList();
        for (int i = 0; i < texts.size(); i++) {
            assertThat(together.get(i)).containsExactly(alone.get(i));
        }
    }
}
