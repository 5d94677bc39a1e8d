package dev.graft.model.tokenizer;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufNumbers;
import dev.graft.model.gguf.GgufStrings;
import dev.graft.model.gguf.MalformedGgufException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The tokens of a GGUF file: text, type and number of each, every text once. */
final class Vocabulary {
    static final String TOKENS = "tokenizer.ggml.tokens";
    static final String TYPES = "tokenizer.ggml.token_type";
    static final String SCORES = "tokenizer.ggml.scores";
    private static final long SMALLEST_TYPE = 1;

    private final String[] texts;
    private final TokenType[] types;
    private final Map<String, Integer> numbers;

    private Vocabulary(String[] texts, TokenType[] types, Map<String, Integer> numbers) {
        this.texts = texts;
        this.types = types;
        this.numbers = numbers;
    }

    static Vocabulary of(GgufFile file) {
        GgufStrings tokens = file.texts(TOKENS)
                .orElseThrow(() -> new MalformedGgufException(TOKENS, "nothing", "a model needs a vocabulary"));
        Optional<GgufNumbers> types = file.numbers(TYPES);
        types.ifPresent(present -> sameSize(TYPES, present.size(), tokens.size()));
        String[] texts = new String[tokens.size()];
        TokenType[] kinds = new TokenType[texts.length];
        Map<String, Integer> numbers = HashMap.newHashMap(texts.length);
        for (int i = 0; i < texts.length; i++) {
            String text = tokens.get(i);
            texts[i] = text.isEmpty() ? "[EMPTY_" + i + "]" : text; // as llama.cpp names them
            kinds[i] = SpecialTexts.isAlwaysControl(texts[i])
                    ? TokenType.CONTROL
                    : TokenType.of(types.isPresent() ? types.get().whole(i) : SMALLEST_TYPE);
            if (numbers.put(texts[i], i) != null) {
                throw new MalformedGgufException(TOKENS + "[" + i + "]", texts[i], "every token's text stands once");
            }
        }
        return new Vocabulary(texts, kinds, numbers);
    }

    int size() {
        return texts.length;
    }

    String text(int token) {
        return texts[token];
    }

    TokenType type(int token) {
        return types[token];
    }

    OptionalInt number(String text) {
        Integer number = numbers.get(text);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The token under a key such as {@code tokenizer.ggml.bos_token_id}; one outside the vocabulary is refused. */
    OptionalInt named(GgufFile file, String key) {
        Optional<Long> number = file.whole(key);
        if (number.isEmpty()) {
            return OptionalInt.empty();
        }
        if (number.get() < 0 || number.get() >= size()) {
            throw new MalformedGgufException(key, number.get(), "must be a token from 0 to " + (size() - 1));
        }
        return OptionalInt.of(number.get().intValue());
    }

    static void sameSize(String key, int found, int tokens) {
        if (found != tokens) {
            throw new MalformedGgufException(
                    key, found + " entries", "must have one for each of the " + tokens + " tokens");
        }
    }
}
