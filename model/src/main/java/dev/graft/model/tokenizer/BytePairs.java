package dev.graft.model.tokenizer;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufStrings;
import dev.graft.model.gguf.MalformedGgufException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Byte-pair encoding over UTF-8 bytes ({@code tokenizer.ggml.model = gpt2}): each word begins as its bytes, and neighbours merge in the
 * order of the file's merges. Symbols are tokens; a text that occurs in merges but is no token has a number behind the last token.
 */
final class BytePairs implements TextEncoder {
    static final String MERGES = "tokenizer.ggml.merges";

    private final Vocabulary vocabulary;
    private final PreTokenizer words;
    private final PairTable pairs;
    private final int[] byteSymbols = new int[256];
    private final Map<String, Integer> extraSymbols = new HashMap<>();
    private final List<String> extraTexts = new ArrayList<>();

    private BytePairs(Vocabulary vocabulary, PreTokenizer words, GgufStrings merges) {
        this.vocabulary = vocabulary;
        this.words = words;
        this.pairs = new PairTable(merges.size());
        for (int b = 0; b < byteSymbols.length; b++) {
            byteSymbols[b] = symbol(String.valueOf(ByteLetters.letter(b)));
        }
        for (int rank = 0; rank < merges.size(); rank++) {
            addMerge(merges.get(rank), rank);
        }
    }

    static BytePairs of(GgufFile file, Vocabulary vocabulary, PreTokenizer words) {
        GgufStrings merges = file.texts(MERGES)
                .orElseThrow(() -> new MalformedGgufException(MERGES, "nothing", "a gpt2 vocabulary needs its merges"));
        return new BytePairs(vocabulary, words, merges);
    }

    private void addMerge(String merge, int rank) {
        int space = merge.indexOf(' ', 1);
        if (space < 0 || space + 1 == merge.length()) {
            throw new MalformedGgufException(
                    MERGES + "[" + rank + "]", merge, "a merge is two texts with a space between");
        }
        String left = merge.substring(0, space);
        String right = merge.substring(space + 1);
        pairs.add(symbol(left), symbol(right), rank, symbol(left + right));
    }

    private int symbol(String text) {
        OptionalInt token = textToken(text);
        return token.isPresent() ? token.getAsInt() : extraSymbols.computeIfAbsent(text, this::newSymbol);
    }

    private int newSymbol(String text) {
        extraTexts.add(text);
        return vocabulary.size() + extraTexts.size() - 1;
    }

    /** Control tokens are no text: what people write must not merge into one. */
    private OptionalInt textToken(String text) {
        OptionalInt token = vocabulary.number(text);
        return token.isPresent() && vocabulary.type(token.getAsInt()).isText() ? token : OptionalInt.empty();
    }

    @Override
    public byte[] bytes(int token) {
        String text = vocabulary.text(token);
        return switch (vocabulary.type(token)) {
            case NORMAL, UNUSED, BYTE -> ByteLetters.decode(text);
            case UNKNOWN, CONTROL, USER_DEFINED -> text.getBytes(StandardCharsets.UTF_8);
        };
    }

    @Override
    public Session session() {
        return new Words();
    }

    private final class Words implements Session {
        private final Merger merger = new Merger(pairs);
        private int[] symbols = new int[64];
        private char[] letters = new char[64];
        private int count;

        @Override
        public void encode(String text, boolean afterSpecial, Ints tokens) {
            int[] points = CodePoints.of(text);
            Ints ends = new Ints(points.length / 4);
            words.splitter().split(points, 0, points.length, ends);
            int start = 0;
            for (int i = 0; i < ends.size(); i++) {
                word(points, start, ends.get(i), tokens);
                start = ends.get(i);
            }
        }

        private void word(int[] points, int from, int to, Ints tokens) {
            fill(points, from, to);
            OptionalInt whole = words.wholeWords() ? textToken(new String(letters, 0, count)) : OptionalInt.empty();
            if (whole.isPresent()) {
                tokens.add(whole.getAsInt());
                return;
            }
            int left = merger.merge(symbols, count);
            for (int i = 0; i < left; i++) {
                emit(symbols[i], tokens);
            }
        }

        private void fill(int[] points, int from, int to) {
            count = 0;
            int most = Math.multiplyExact(to - from, 4);
            if (symbols.length < most) {
                symbols = new int[most];
                letters = new char[most];
            }
            for (int i = from; i < to; i++) {
                int point = points[i];
                if (point < 0x80) {
                    add(point);
                } else if (point < 0x800) {
                    add(0xC0 | point >> 6);
                    add(0x80 | (point & 0x3F));
                } else {
                    if (point < 0x10000) {
                        add(0xE0 | point >> 12);
                    } else {
                        add(0xF0 | point >> 18);
                        add(0x80 | (point >> 12 & 0x3F));
                    }
                    add(0x80 | (point >> 6 & 0x3F));
                    add(0x80 | (point & 0x3F));
                }
            }
        }

        private void add(int unsignedByte) {
            symbols[count] = byteSymbols[unsignedByte];
            letters[count++] = ByteLetters.letter(unsignedByte);
        }

        private void emit(int symbol, Ints tokens) {
            if (symbol < vocabulary.size()) {
                tokens.add(symbol);
                return;
            }
            // A byte that is no token by itself can't be said: llama.cpp leaves it out as well.
            for (byte each : ByteLetters.decode(extraTexts.get(symbol - vocabulary.size()))) {
                int single = byteSymbols[Byte.toUnsignedInt(each)];
                if (single < vocabulary.size()) {
                    tokens.add(single);
                }
            }
        }
    }
}
