package dev.graft.model.tokenizer;

/** Part {@code [from, to)} of a prompt: a special token, or text where {@code token} is {@link #TEXT}. */
record Fragment(int from, int to, int token) {
    static final int TEXT = -1;

    boolean isText() {
        return token == TEXT;
    }
}
