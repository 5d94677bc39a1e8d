package dev.graft.model.tokenizer;

import java.util.Set;

/** Tokens that are known by their text alone, because files do not mark them reliably (llama.cpp v0.5.0, llama-vocab.cpp, {@code load}). */
final class SpecialTexts {
    private static final Set<String> ENDS = Set.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<|return|>",
            "<|call|>",
            "<|flush|>",
            "<|calls|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "</s>",
            "<|eom_id|>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "[EOS]",
            "<|end_of_text|>",
            "<end_of_utterance>",
            "<eos>",
            "<｜end▁of▁sentence｜>");

    /** Padding, repository and file marks of code models: nothing sensible follows them. */
    private static final Set<String> FILL_IN_THE_MIDDLE_ENDS = Set.of(
            "<|fim_pad|>",
            "<fim-pad>",
            "<fim_pad>",
            "<PAD>",
            "[PAD]",
            "<|fim_repo|>",
            "<|repo_name|>",
            "<fim-repo>",
            "<REPO>",
            "<reponame>",
            "<|file_sep|>");

    private SpecialTexts() {}

    static boolean endsGeneration(String text) {
        return ENDS.contains(text) || FILL_IN_THE_MIDDLE_ENDS.contains(text);
    }

    static boolean isAlwaysControl(String text) {
        return endsGeneration(text);
    }
}
