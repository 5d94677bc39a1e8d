package dev.graft.model.tokenizer;

/** What pre-tokenizers ask of a code point, as llama.cpp's unicode.cpp answers it. */
final class CodePoints {
    /** Stands for what lies beyond the text; of no category. */
    static final int OUTSIDE = -1;

    private static final int REPLACEMENT = 0xFFFD;
    private static final int LETTERS = 1 << Character.UPPERCASE_LETTER
            | 1 << Character.LOWERCASE_LETTER
            | 1 << Character.TITLECASE_LETTER
            | 1 << Character.MODIFIER_LETTER
            | 1 << Character.OTHER_LETTER;
    private static final int NUMBERS =
            1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;
    private static final int PUNCTUATION = 1 << Character.CONNECTOR_PUNCTUATION
            | 1 << Character.DASH_PUNCTUATION
            | 1 << Character.START_PUNCTUATION
            | 1 << Character.END_PUNCTUATION
            | 1 << Character.INITIAL_QUOTE_PUNCTUATION
            | 1 << Character.FINAL_QUOTE_PUNCTUATION
            | 1 << Character.OTHER_PUNCTUATION;

    private CodePoints() {}

    /** The code points of a text; a surrogate without its other half becomes U+FFFD. */
    static int[] of(String text) {
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            if (points[i] >= Character.MIN_SURROGATE && points[i] <= Character.MAX_SURROGATE) {
                points[i] = REPLACEMENT;
            }
        }
        return points;
    }

    static boolean isLetter(int point) {
        return point >= 0 && (LETTERS >> Character.getType(point) & 1) != 0;
    }

    static boolean isNumber(int point) {
        return point >= 0 && (NUMBERS >> Character.getType(point) & 1) != 0;
    }

    static boolean isPunctuation(int point) {
        return point >= 0 && (PUNCTUATION >> Character.getType(point) & 1) != 0;
    }

    /** Unicode's White_Space, which is what {@code \s} means in Rust's and Python's regular expressions; Java's own tests differ. */
    static boolean isSpace(int point) {
        return point == ' '
                || (point >= 0x09 && point <= 0x0D)
                || point == 0x85
                || point == 0xA0
                || point == 0x1680
                || (point >= 0x2000 && point <= 0x200A)
                || point == 0x2028
                || point == 0x2029
                || point == 0x202F
                || point == 0x205F
                || point == 0x3000;
    }

    /** {@code [^\s\p{L}\p{N}]}; false outside the text. */
    static boolean isOther(int point) {
        return point >= 0 && !isSpace(point) && !isLetter(point) && !isNumber(point);
    }

    static boolean isNewline(int point) {
        return point == '\r' || point == '\n';
    }

    static boolean isAsciiDigit(int point) {
        return point >= '0' && point <= '9';
    }
}
