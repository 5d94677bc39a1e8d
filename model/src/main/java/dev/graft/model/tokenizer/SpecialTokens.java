package dev.graft.model.tokenizer;

import dev.graft.model.gguf.GgufFile;
import java.util.BitSet;
import java.util.OptionalInt;

/** The tokens that a file names by role, and those that end an answer. */
record SpecialTokens(
        OptionalInt bos, OptionalInt eos, OptionalInt unknown, boolean addBos, boolean addEos, BitSet ends) {
    private static final String PREFIX = "tokenizer.ggml.";

    static SpecialTokens ofBytePairs(GgufFile file, Vocabulary vocabulary, boolean beginsText) {
        return of(file, vocabulary, beginsText, OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
    }

    /** SentencePiece vocabularies begin with unknown, begin and end unless the file says otherwise. */
    static SpecialTokens ofSentencePieces(GgufFile file, Vocabulary vocabulary) {
        boolean three = vocabulary.size() > 2;
        return of(
                file,
                vocabulary,
                true,
                three ? OptionalInt.of(1) : OptionalInt.empty(),
                three ? OptionalInt.of(2) : OptionalInt.empty(),
                three ? OptionalInt.of(0) : OptionalInt.empty());
    }

    private static SpecialTokens of(
            GgufFile file,
            Vocabulary vocabulary,
            boolean beginsText,
            OptionalInt usualBos,
            OptionalInt usualEos,
            OptionalInt usualUnknown) {
        OptionalInt bos = either(vocabulary.named(file, PREFIX + "bos_token_id"), usualBos);
        OptionalInt eos = either(vocabulary.named(file, PREFIX + "eos_token_id"), usualEos);
        OptionalInt unknown = either(vocabulary.named(file, PREFIX + "unknown_token_id"), usualUnknown);
        boolean addBos = file.flag(PREFIX + "add_bos_token").orElse(beginsText);
        boolean addEos = file.flag(PREFIX + "add_eos_token").orElse(false);
        return new SpecialTokens(
                bos, eos, unknown, addBos && bos.isPresent(), addEos && eos.isPresent(), ends(file, vocabulary, eos));
    }

    private static BitSet ends(GgufFile file, Vocabulary vocabulary, OptionalInt eos) {
        var ends = new BitSet(vocabulary.size());
        for (int token = 0; token < vocabulary.size(); token++) {
            ends.set(token, SpecialTexts.endsGeneration(vocabulary.text(token)));
        }
        eos.ifPresent(ends::set);
        vocabulary.named(file, PREFIX + "eot_token_id").ifPresent(ends::set);
        vocabulary.named(file, PREFIX + "eom_token_id").ifPresent(ends::set);
        return ends;
    }

    private static OptionalInt either(OptionalInt said, OptionalInt usual) {
        return said.isPresent() ? said : usual;
    }
}
