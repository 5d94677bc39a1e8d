package dev.graft.model.tokenizer;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufNumbers;
import dev.graft.model.gguf.MalformedGgufException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * SentencePiece's merging by score ({@code tokenizer.ggml.model = llama}, as Llama 2 has it): text begins as its characters, the
 * neighbours whose joint token has the highest score merge first, and a character that is no token falls back to its UTF-8 bytes.
 */
final class SentencePieces implements TextEncoder {
    static final String SPACE_PREFIX = "tokenizer.ggml.add_space_prefix";
    private static final char SPACE = '▁';
    private static final int NO_TOKEN = 1 << 30; // with a code point added: the symbol of a character that is no token

    private final Vocabulary vocabulary;
    private final boolean spacePrefix;
    private final PairTable pairs;
    private final int[] byteTokens = new int[256];
    private final Map<Integer, Integer> characters = new HashMap<>();
    private final int[] commonCharacters = new int[0x3000];

    private SentencePieces(Vocabulary vocabulary, boolean spacePrefix, int[] ranks, OptionalInt unknown) {
        this.vocabulary = vocabulary;
        this.spacePrefix = spacePrefix;
        this.pairs = new PairTable(vocabulary.size() * 4);
        for (int b = 0; b < byteTokens.length; b++) {
            byteTokens[b] = byteToken(b, unknown);
        }
        readCharacters();
        for (int token = 0; token < vocabulary.size(); token++) {
            if (vocabulary.type(token).isText()) {
                addSplits(token, ranks[token]);
            }
        }
    }

    static SentencePieces of(GgufFile file, Vocabulary vocabulary, OptionalInt unknown) {
        GgufNumbers scores = file.numbers(Vocabulary.SCORES)
                .orElseThrow(() -> new MalformedGgufException(
                        Vocabulary.SCORES, "nothing", "a llama vocabulary needs the scores of its tokens"));
        Vocabulary.sameSize(Vocabulary.SCORES, scores.size(), vocabulary.size());
        return new SentencePieces(vocabulary, file.flag(SPACE_PREFIX).orElse(true), ranks(scores), unknown);
    }

    /** Position of each token's score among all different scores, the highest first. */
    private static int[] ranks(GgufNumbers scores) {
        double[] sorted = new double[scores.size()];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = -scores.fraction(i) + 0.0; // adding 0.0 makes -0.0 equal to 0.0
        }
        int[] ranks = new int[sorted.length];
        double[] negative = sorted.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = firstIndex(sorted, negative[i]);
        }
        return ranks;
    }

    private static int firstIndex(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Double.compare(sorted[middle], value) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int byteToken(int unsignedByte, OptionalInt unknown) {
        String text = "<0x%02X>".formatted(unsignedByte);
        OptionalInt token = vocabulary.number(text);
        return (token.isPresent() ? token : unknown)
                .orElseThrow(() -> new MalformedGgufException(
                        Vocabulary.TOKENS,
                        "no " + text,
                        "a llama vocabulary needs a token for each byte, or an unknown token"));
    }

    private void readCharacters() {
        for (int token = 0; token < vocabulary.size(); token++) {
            String text = vocabulary.text(token);
            if (vocabulary.type(token).isText() && text.codePointCount(0, text.length()) == 1) {
                characters.put(text.codePointAt(0), token);
            }
        }
        for (int point = 0; point < commonCharacters.length; point++) {
            commonCharacters[point] = characters.getOrDefault(point, NO_TOKEN | point);
        }
    }

    private int character(int point) {
        return point < commonCharacters.length
                ? commonCharacters[point]
                : characters.getOrDefault(point, NO_TOKEN | point);
    }

    /** Every way in which this token can come from two neighbours. */
    private void addSplits(int token, int rank) {
        String text = vocabulary.text(token);
        for (int at = text.offsetByCodePoints(0, 1); at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            OptionalInt left = part(text.substring(0, at));
            OptionalInt right = left.isPresent() ? part(text.substring(at)) : OptionalInt.empty();
            if (right.isPresent()) {
                pairs.add(left.getAsInt(), right.getAsInt(), rank, token);
            }
        }
    }

    private OptionalInt part(String text) {
        if (text.codePointCount(0, text.length()) == 1) {
            return OptionalInt.of(character(text.codePointAt(0)));
        }
        OptionalInt token = vocabulary.number(text);
        return token.isPresent() && vocabulary.type(token.getAsInt()).isText() ? token : OptionalInt.empty();
    }

    @Override
    public byte[] bytes(int token) {
        String text = vocabulary.text(token);
        return switch (vocabulary.type(token)) {
            case NORMAL, UNUSED -> text.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
            case BYTE -> byteOf(text);
            case UNKNOWN, CONTROL, USER_DEFINED -> text.getBytes(StandardCharsets.UTF_8);
        };
    }

    private static byte[] byteOf(String text) {
        if (!text.matches("<0x[0-9A-Fa-f]{2}>")) {
            throw new MalformedGgufException(Vocabulary.TOKENS, text, "a byte token is written like <0x0A>");
        }
        return new byte[] {(byte) Integer.parseInt(text, 3, 5, 16)};
    }

    @Override
    public Session session() {
        var merger = new Merger(pairs);
        return (text, afterSpecial, tokens) -> {
            String whole = (spacePrefix && afterSpecial ? SPACE + text : text).replace(' ', SPACE);
            int[] symbols = CodePoints.of(whole);
            for (int i = 0; i < symbols.length; i++) {
                symbols[i] = character(symbols[i]);
            }
            int left = merger.merge(symbols, symbols.length);
            for (int i = 0; i < left; i++) {
                emit(symbols[i], tokens);
            }
        };
    }

    private void emit(int symbol, Ints tokens) {
        if (symbol < NO_TOKEN) {
            tokens.add(symbol);
            return;
        }
        for (byte each : Character.toString(symbol - NO_TOKEN).getBytes(StandardCharsets.UTF_8)) {
            tokens.add(byteTokens[Byte.toUnsignedInt(each)]);
        }
    }
}
