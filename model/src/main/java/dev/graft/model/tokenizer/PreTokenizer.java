package dev.graft.model.tokenizer;

import dev.graft.model.gguf.MalformedGgufException;
import java.util.Set;

/**
 * How a byte-pair vocabulary splits text into words, by {@code tokenizer.ggml.pre} (llama.cpp v0.5.0, {@code llm_tokenizer_bpe}).
 *
 * @param splitter the words
 * @param wholeWords whether a word that is a token by itself is taken as it is, without merging
 * @param beginsText whether a prompt begins with the beginning-of-text token unless the file says otherwise
 */
record PreTokenizer(Splitter splitter, boolean wholeWords, boolean beginsText) {
    static final String KEY = "tokenizer.ggml.pre";

    private static final Splitter GPT2 = new Gpt2Splitter();
    private static final Set<String> LIKE_GPT2 = Set.of("gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion");
    private static final Set<String> LIKE_SMOLLM =
            Set.of("smollm", "starcoder", "refact", "command-r", "codeshell", "minerva-7b");
    private static final Set<String> LIKE_LLAMA3 =
            Set.of("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2");
    private static final Set<String> LIKE_QWEN2 = Set.of("qwen2", "stablelm2", "hunyuan", "deepseek-r1-qwen", "megrez");

    static PreTokenizer of(String name) {
        if (LIKE_LLAMA3.contains(name)) {
            return new PreTokenizer(new Llama3Splitter(3), true, true);
        }
        if (LIKE_SMOLLM.contains(name)) {
            return merging(Splitter.chain(new RunSplitter(CodePoints::isNumber, 1, 1), GPT2));
        }
        if (LIKE_GPT2.contains(name)) {
            return merging(GPT2);
        }
        if (LIKE_QWEN2.contains(name)) {
            return merging(new Llama3Splitter(1));
        }
        if (name.equals("dbrx") || name.equals("smaug-bpe")) {
            return merging(new Llama3Splitter(3));
        }
        return switch (name) {
            case "falcon" -> merging(falcon());
            case "", "default" -> merging(unnamed());
            default ->
                throw new MalformedGgufException(
                        KEY,
                        name,
                        "is not among the pre-tokenizers of Llama models that are known: smollm, llama-bpe, gpt-2, qwen2, …");
        };
    }

    private static PreTokenizer merging(Splitter splitter) {
        return new PreTokenizer(splitter, false, false);
    }

    private static Splitter falcon() {
        return Splitter.chain(
                new RunSplitter(
                        point -> CodePoints.isPunctuation(point) || isOneOf("$+<=>^~|`", point), 1, RunSplitter.ANY),
                GPT2,
                new RunSplitter(CodePoints::isAsciiDigit, 3, 3));
    }

    private static Splitter unnamed() {
        return Splitter.chain(
                new RunSplitter(
                        point -> CodePoints.isPunctuation(point) || isOneOf("$+<=>^~|", point), 1, RunSplitter.ANY),
                GPT2,
                new RunSplitter(CodePoints::isNumber, 1, RunSplitter.ANY),
                new RunSplitter(CodePoints::isAsciiDigit, 3, 3));
    }

    private static boolean isOneOf(String characters, int point) {
        return characters.indexOf(point) >= 0;
    }
}
