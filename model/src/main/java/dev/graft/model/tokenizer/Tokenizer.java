package dev.graft.model.tokenizer;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.MalformedGgufException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * Text to tokens and back, token for token as llama.cpp does it with the same file. Two vocabularies are known: byte pairs
 * ({@code gpt2}, as in Llama 3 and SmolLM) and SentencePiece ({@code llama}, as in Llama 2). Thread-safe.
 *
 * <p>It is stricter than llama.cpp in one thing: text in which special tokens are not recognised never becomes a control token, not
 * even by merging.
 */
public final class Tokenizer {
    private static final String KIND = "tokenizer.ggml.model";
    private static final String CHAT_TEMPLATE = "tokenizer.chat_template";

    private final Vocabulary vocabulary;
    private final TextEncoder encoder;
    private final Specials specials;
    private final SpecialTokens named;

    private Tokenizer(Vocabulary vocabulary, TextEncoder encoder, Specials specials, SpecialTokens named) {
        this.vocabulary = vocabulary;
        this.encoder = encoder;
        this.specials = specials;
        this.named = named;
    }

    /**
     * The tokenizer of this file.
     *
     * @throws MalformedGgufException where the file has none, or one of a kind that is not known
     */
    public static Tokenizer of(GgufFile file) {
        String kind = file.text(KIND)
                .orElseThrow(() -> new MalformedGgufException(KIND, "nothing", "a model names its kind of tokenizer"));
        Vocabulary vocabulary = Vocabulary.of(file);
        var specials = new Specials(vocabulary, file.text(CHAT_TEMPLATE).orElse(""));
        return switch (kind) {
            case "gpt2" -> {
                PreTokenizer words = PreTokenizer.of(file.text(PreTokenizer.KEY).orElse(""));
                SpecialTokens named = SpecialTokens.ofBytePairs(file, vocabulary, words.beginsText());
                yield new Tokenizer(vocabulary, BytePairs.of(file, vocabulary, words), specials, named);
            }
            case "llama" -> {
                SpecialTokens named = SpecialTokens.ofSentencePieces(file, vocabulary);
                yield new Tokenizer(vocabulary, SentencePieces.of(file, vocabulary, named.unknown()), specials, named);
            }
            default ->
                throw new MalformedGgufException(KIND, kind, "gpt2 and llama are the kinds that Llama models have");
        };
    }

    /**
     * The tokens of a text, without begin or end of text.
     *
     * @param parseSpecial whether the texts of special tokens become those tokens; never true for what people wrote
     */
    public int[] encode(String text, boolean parseSpecial) {
        return encode(List.of(new Segment(text, parseSpecial)));
    }

    /**
     * The tokens of a prompt made of segments, without begin or end of text. Special tokens are recognised only inside trusted
     * segments (and inside neighbouring trusted ones together); the text between them is tokenized as one, across the borders.
     */
    public int[] encode(List<Segment> segments) {
        var whole = new StringBuilder();
        segments.forEach(segment -> whole.append(segment.text()));
        String text = whole.toString();
        Ints tokens = new Ints(text.length() / 3);
        TextEncoder.Session session = encoder.session();
        boolean afterSpecial = true;
        for (Fragment fragment : specials.split(text, TrustedRanges.of(segments))) {
            if (fragment.isText()) {
                session.encode(text.substring(fragment.from(), fragment.to()), afterSpecial, tokens);
            } else {
                tokens.add(fragment.token());
            }
            afterSpecial = !fragment.isText();
        }
        return tokens.toArray();
    }

    /** The bytes that a token stands for: none for control tokens. They may be part of a UTF-8 character only. */
    public byte[] bytes(int token) {
        return bytes(token, false);
    }

    /** @param special whether control tokens stand for their own names, such as {@code <|im_end|>} */
    public byte[] bytes(int token, boolean special) {
        return vocabulary.type(token).isSpecial() && !special ? new byte[0] : encoder.bytes(token);
    }

    /** The text of these tokens; bytes that are no valid UTF-8 become U+FFFD. */
    public String decode(int[] tokens, boolean special) {
        var bytes = new ByteArrayOutputStream(tokens.length * 4);
        for (int token : tokens) {
            bytes.writeBytes(bytes(token, special));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** A token as the vocabulary writes it, such as {@code Ġhello} or {@code ▁hello}. */
    public String piece(int token) {
        return vocabulary.text(token);
    }

    /** Whether it is a control token, which stands for no text. */
    public boolean isSpecial(int token) {
        return vocabulary.type(token).isSpecial();
    }

    /** Tokens of the vocabulary: their numbers run from 0 to one less. */
    public int size() {
        return vocabulary.size();
    }

    /** Whether an answer ends with this token. */
    public boolean endOfGeneration(int token) {
        return named.ends().get(token);
    }

    /** All tokens that end an answer. */
    public BitSet endsOfGeneration() {
        return (BitSet) named.ends().clone();
    }

    /** The token that begins a text. */
    public OptionalInt bos() {
        return named.bos();
    }

    /** The token that ends a text. */
    public OptionalInt eos() {
        return named.eos();
    }

    /** Whether a prompt begins with {@link #bos()}; chat templates write it themselves. */
    public boolean addBos() {
        return named.addBos();
    }

    /** Whether a prompt ends with {@link #eos()}. */
    public boolean addEos() {
        return named.addEos();
    }
}
