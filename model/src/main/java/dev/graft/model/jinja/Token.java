package dev.graft.model.jinja;

/**
 * A piece of a template.
 *
 * @param kind what it is
 * @param value its text: for strings unescaped, for numbers as written
 * @param line its line, from 1
 */
record Token(Kind kind, String value, int line) {
    enum Kind {
        /** Text outside of tags. */
        DATA,
        PRINT_BEGIN,
        PRINT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        WHOLE,
        FRACTION,
        OPERATOR,
        END
    }

    boolean is(Kind other, String text) {
        return kind == other && value.equals(text);
    }

    boolean isOperator(String text) {
        return is(Kind.OPERATOR, text);
    }

    boolean isName(String text) {
        return is(Kind.NAME, text);
    }
}
