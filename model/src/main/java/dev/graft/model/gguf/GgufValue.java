package dev.graft.model.gguf;

/** A metadata value, in the kinds that a reader cares for. */
public sealed interface GgufValue {
    /** An integer of 8 to 64 bits; unsigned ones are widened. */
    record Whole(GgufValueType type, long value) implements GgufValue {}

    /** A float of 32 or 64 bits. */
    record Fraction(GgufValueType type, double value) implements GgufValue {}

    /** A boolean. */
    record Flag(boolean value) implements GgufValue {}

    /** UTF-8 text. */
    record Text(String value) implements GgufValue {}

    /** An array of texts. */
    record Texts(GgufStrings values) implements GgufValue {}

    /** An array of numbers or booleans. */
    record Numbers(GgufNumbers values) implements GgufValue {}
}
