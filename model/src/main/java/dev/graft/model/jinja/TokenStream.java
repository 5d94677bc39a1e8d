package dev.graft.model.jinja;

import dev.graft.model.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template, taken one after the other. */
final class TokenStream {
    private static final int DEEPEST = 200;

    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekSecond() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    boolean skipOperator(String text) {
        return skip(peek().isOperator(text));
    }

    boolean skipName(String text) {
        return skip(peek().isName(text));
    }

    private boolean skip(boolean there) {
        if (there) {
            at++;
        }
        return there;
    }

    void expectOperator(String text) {
        if (!skipOperator(text)) {
            throw unexpected("'" + text + "'");
        }
    }

    void expect(Kind kind) {
        if (next().kind() != kind) {
            at--;
            throw unexpected("the end of the tag");
        }
    }

    String name() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected("a name");
        }
        return next().value();
    }

    /** Goes one level down into nested tags or parentheses, which must end before the stack does. */
    void enter() {
        if (++depth > DEEPEST) {
            throw new JinjaException("line " + peek().line() + ": nested more than " + DEEPEST + " deep");
        }
    }

    void leave() {
        depth--;
    }

    JinjaException unexpected(String expected) {
        Token token = peek();
        String found = token.kind() == Kind.END ? "the end of the template" : "'" + token.value() + "'";
        return new JinjaException("line " + token.line() + ": expected " + expected + ", found " + found);
    }
}
