package dev.graft.model.tokenizer;

/** What a token is for, with the numbers of {@code tokenizer.ggml.token_type}. */
enum TokenType {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    static TokenType of(long code) {
        return switch ((int) code) {
            case 2 -> UNKNOWN;
            case 3 -> CONTROL;
            case 4 -> USER_DEFINED;
            case 5 -> UNUSED;
            case 6 -> BYTE;
            default -> NORMAL;
        };
    }

    /** Whether it stands for nothing that a reader should see. */
    boolean isSpecial() {
        return this == UNKNOWN || this == CONTROL;
    }

    /** Whether ordinary text may become it. */
    boolean isText() {
        return this == NORMAL || this == USER_DEFINED || this == UNUSED;
    }
}
