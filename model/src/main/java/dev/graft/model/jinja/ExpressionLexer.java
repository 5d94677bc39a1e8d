package dev.graft.model.jinja;

import dev.graft.model.jinja.Token.Kind;
import java.util.Set;

/** The tokens inside a tag. */
final class ExpressionLexer {
    private static final Set<String> TWO_LETTERS = Set.of("==", "!=", "<=", ">=", "//", "**");
    private static final String ONE_LETTER = "+-*/%~<>=.,:|()[]{};";

    /** @param end index in the template behind the token */
    record Lexeme(Token token, int end) {}

    private ExpressionLexer() {}

    static Lexeme next(String source, int at, int line) {
        char c = source.charAt(at);
        if (Character.isLetter(c) || c == '_') {
            return name(source, at, line);
        }
        if (c >= '0' && c <= '9') {
            return number(source, at, line);
        }
        if (c == '\'' || c == '"') {
            return string(source, at, line);
        }
        if (at + 1 < source.length() && TWO_LETTERS.contains(source.substring(at, at + 2))) {
            return new Lexeme(new Token(Kind.OPERATOR, source.substring(at, at + 2), line), at + 2);
        }
        if (ONE_LETTER.indexOf(c) >= 0) {
            return new Lexeme(new Token(Kind.OPERATOR, String.valueOf(c), line), at + 1);
        }
        throw new JinjaException("line " + line + ": unexpected character '" + c + "'");
    }

    private static Lexeme name(String source, int at, int line) {
        int end = at;
        while (end < source.length() && (Character.isLetterOrDigit(source.charAt(end)) || source.charAt(end) == '_')) {
            end++;
        }
        return new Lexeme(new Token(Kind.NAME, source.substring(at, end), line), end);
    }

    private static Lexeme number(String source, int at, int line) {
        int end = digits(source, at);
        boolean fraction =
                end + 1 < source.length() && source.charAt(end) == '.' && Character.isDigit(source.charAt(end + 1));
        if (fraction) {
            end = digits(source, end + 1);
        }
        String value = source.substring(at, end).replace("_", "");
        return new Lexeme(new Token(fraction ? Kind.FRACTION : Kind.WHOLE, value, line), end);
    }

    private static int digits(String source, int from) {
        int end = from;
        while (end < source.length() && (Character.isDigit(source.charAt(end)) || source.charAt(end) == '_')) {
            end++;
        }
        return end;
    }

    private static Lexeme string(String source, int at, int line) {
        char quote = source.charAt(at);
        var value = new StringBuilder();
        int i = at + 1;
        while (i < source.length() && source.charAt(i) != quote) {
            if (source.charAt(i) == '\\' && i + 1 < source.length()) {
                i = escape(source, i + 1, value, line);
            } else {
                value.append(source.charAt(i++));
            }
        }
        if (i >= source.length()) {
            throw new JinjaException("line " + line + ": a string is not closed");
        }
        return new Lexeme(new Token(Kind.STRING, value.toString(), line), i + 1);
    }

    /** Appends what the escape whose letter stands at {@code at} means, and returns the index behind it. */
    private static int escape(String source, int at, StringBuilder value, int line) {
        char letter = source.charAt(at);
        switch (letter) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'v' -> value.append('\u000B');
            case 'a' -> value.append('\u0007');
            case '0' -> value.append('\0');
            case '\\', '\'', '"' -> value.append(letter);
            case '\n' -> {}
            case 'x' -> {
                return hexadecimal(source, at, 2, value, line);
            }
            case 'u' -> {
                return hexadecimal(source, at, 4, value, line);
            }
            case 'U' -> {
                return hexadecimal(source, at, 8, value, line);
            }
            default -> value.append('\\').append(letter);
        }
        return at + 1;
    }

    private static int hexadecimal(String source, int at, int digits, StringBuilder value, int line) {
        int end = at + 1 + digits;
        try {
            value.appendCodePoint(Integer.parseInt(source.substring(at + 1, end), 16));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new JinjaException("line " + line + ": an escape needs " + digits + " hexadecimal digits");
        }
        return end;
    }
}
