package dev.graft.model.jinja;

import dev.graft.model.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Cuts a template into text and the tokens of its tags, and drops the white space that tags take with them (jinja2's lexer.py). */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean lineStarts = true;
    private boolean stripNext;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        return new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source).all();
    }

    private List<Token> all() {
        while (at < source.length()) {
            int begin = tagBegin();
            data(begin);
            if (begin < source.length()) {
                tag(source.charAt(begin + 1));
            }
        }
        tokens.add(new Token(Kind.END, "", line));
        return tokens;
    }

    private int tagBegin() {
        int begin = source.indexOf('{', at);
        while (begin >= 0 && begin + 1 < source.length() && "{%#".indexOf(source.charAt(begin + 1)) < 0) {
            begin = source.indexOf('{', begin + 1);
        }
        return begin < 0 || begin + 1 >= source.length() ? source.length() : begin;
    }

    private void data(int end) {
        String text = source.substring(at, end);
        int firstLine = line;
        countLines(text);
        char modifier = end + 2 < source.length() ? source.charAt(end + 2) : ' ';
        String kept = stripNext ? text.stripLeading() : text;
        stripNext = false;
        if (end < source.length() && modifier == '-') {
            kept = Text.own(kept).stripped("", false, true).value();
        } else if (end < source.length() && modifier != '+' && source.charAt(end + 1) != '{') {
            kept = withoutIndent(kept);
        }
        if (!kept.isEmpty()) {
            tokens.add(new Token(Kind.DATA, kept, firstLine));
        }
        at = end;
    }

    /** {@code lstrip_blocks}: blanks between a line's beginning and a block or comment are dropped. */
    private String withoutIndent(String text) {
        int lineBegin = text.lastIndexOf('\n') + 1;
        return (lineBegin > 0 || lineStarts) && text.substring(lineBegin).isBlank()
                ? text.substring(0, lineBegin)
                : text;
    }

    private void tag(char kind) {
        at += 2;
        if (at < source.length() && (source.charAt(at) == '-' || (source.charAt(at) == '+' && kind != '{'))) {
            at++;
        }
        switch (kind) {
            case '#' -> comment();
            case '{' -> inside(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
            default -> inside(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw error("a comment is not closed");
        }
        boolean strip = source.charAt(end - 1) == '-' && end - 1 >= at;
        countLines(source.substring(at, end));
        at = end + 2;
        afterTag(strip, true);
    }

    private void inside(Kind begin, Kind end, String close) {
        tokens.add(new Token(begin, "", line));
        int depth = 0;
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                throw error("a tag is not closed");
            }
            boolean modified = "-+".indexOf(source.charAt(at)) >= 0 && source.startsWith(close, at + 1);
            if (depth == 0 && (modified || source.startsWith(close, at))) {
                boolean strip = modified && source.charAt(at) == '-';
                at += close.length() + (modified ? 1 : 0);
                tokens.add(new Token(end, "", line));
                afterTag(strip, end == Kind.BLOCK_END && !modified);
                return;
            }
            ExpressionLexer.Lexeme lexeme = ExpressionLexer.next(source, at, line);
            depth += depthChange(lexeme.token());
            countLines(source.substring(at, lexeme.end()));
            at = lexeme.end();
            tokens.add(lexeme.token());
        }
    }

    private static int depthChange(Token token) {
        if (token.kind() != Kind.OPERATOR) {
            return 0;
        }
        return switch (token.value()) {
            case "(", "[", "{" -> 1;
            case ")", "]", "}" -> -1;
            default -> 0;
        };
    }

    /** {@code trim_blocks}: the newline behind a block or comment is dropped. */
    private void afterTag(boolean strip, boolean block) {
        stripNext = strip;
        lineStarts = false;
        if (!strip && block && at < source.length() && source.charAt(at) == '\n') {
            at++;
            line++;
            lineStarts = true;
        }
    }

    private void skipSpace() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            if (source.charAt(at) == '\n') {
                line++;
            }
            at++;
        }
    }

    private void countLines(String text) {
        line += (int) text.chars().filter(c -> c == '\n').count();
    }

    private JinjaException error(String what) {
        return new JinjaException("line " + line + ": " + what);
    }
}
