package dev.graft.model.jinja;

import dev.graft.model.jinja.Expression.Arguments;
import dev.graft.model.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Statements: text, {@code {{ }}} and {@code {% %}}. */
final class Parser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    private Parser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    static List<Node> parse(String template) {
        var parser = new Parser(new TokenStream(Lexer.tokens(template)));
        List<Node> nodes = parser.nodes(Set.of());
        if (parser.tokens.peek().kind() != Kind.END) {
            throw parser.tokens.unexpected("the end of the template");
        }
        return nodes;
    }

    /** Nodes up to a block tag with one of these names, whose name is the next token; or to the end where there are none. */
    private List<Node> nodes(Set<String> ends) {
        tokens.enter();
        List<Node> nodes = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            switch (token.kind()) {
                case DATA -> nodes.add(new Node.Data(Text.own(tokens.next().value())));
                case PRINT_BEGIN -> nodes.add(print());
                case BLOCK_BEGIN -> {
                    if (ends.contains(tokens.peekSecond().value())) {
                        tokens.next();
                        tokens.leave();
                        return nodes;
                    }
                    nodes.add(statement());
                }
                default -> {
                    if (!ends.isEmpty() || token.kind() != Kind.END) {
                        throw tokens.unexpected(ends.isEmpty() ? "a tag" : "one of the tags " + ends);
                    }
                    tokens.leave();
                    return nodes;
                }
            }
        }
    }

    private Node print() {
        tokens.expect(Kind.PRINT_BEGIN);
        Expression value = expressions.tuple();
        tokens.expect(Kind.PRINT_END);
        return new Node.Print(value);
    }

    private Node statement() {
        tokens.expect(Kind.BLOCK_BEGIN);
        int line = tokens.peek().line();
        String name = tokens.name();
        return switch (name) {
            case "if" -> ifElse();
            case "for" -> loop();
            case "set" -> set();
            case "macro" -> macro();
            case "filter" -> filter();
            case "generation" -> {
                tokens.expect(Kind.BLOCK_END);
                yield new Node.Group(body("endgeneration"));
            }
            case "break" -> {
                tokens.expect(Kind.BLOCK_END);
                yield new Node.Break();
            }
            case "continue" -> {
                tokens.expect(Kind.BLOCK_END);
                yield new Node.Continue();
            }
            default ->
                throw new JinjaException("line " + line + ": the tag '" + name + "' is not known in chat templates");
        };
    }

    private List<Node> body(String end) {
        List<Node> body = nodes(Set.of(end));
        tokens.next();
        tokens.expect(Kind.BLOCK_END);
        return body;
    }

    private Node ifElse() {
        List<Node.Branch> branches = new ArrayList<>();
        List<Node> otherwise = List.of();
        String tag = "if";
        while (!tag.equals("endif")) {
            if (tag.equals("else")) {
                tokens.expect(Kind.BLOCK_END);
                otherwise = nodes(Set.of("endif"));
            } else {
                Expression condition = expressions.expression();
                tokens.expect(Kind.BLOCK_END);
                branches.add(new Node.Branch(condition, nodes(Set.of("elif", "else", "endif"))));
            }
            tag = tokens.name();
        }
        tokens.expect(Kind.BLOCK_END);
        return new Node.If(branches, otherwise);
    }

    private Node loop() {
        List<String> names = names();
        if (!tokens.skipName("in")) {
            throw tokens.unexpected("'in'");
        }
        Expression items = expressions.or();
        Optional<Expression> condition =
                tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        tokens.expect(Kind.BLOCK_END);
        List<Node> body = nodes(Set.of("else", "endfor"));
        List<Node> otherwise = List.of();
        if (tokens.name().equals("else")) {
            tokens.expect(Kind.BLOCK_END);
            otherwise = nodes(Set.of("endfor"));
            tokens.name();
        }
        tokens.expect(Kind.BLOCK_END);
        return new Node.For(names, items, condition, body, otherwise);
    }

    private List<String> names() {
        boolean parentheses = tokens.skipOperator("(");
        List<String> names = new ArrayList<>(List.of(tokens.name()));
        while (tokens.skipOperator(",")) {
            names.add(tokens.name());
        }
        if (parentheses) {
            tokens.expectOperator(")");
        }
        return names;
    }

    private Node set() {
        List<String> names = names();
        Optional<String> attribute = tokens.skipOperator(".") ? Optional.of(tokens.name()) : Optional.empty();
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tuple();
            tokens.expect(Kind.BLOCK_END);
            return new Node.Set(names, attribute, value);
        }
        tokens.expect(Kind.BLOCK_END);
        return new Node.SetBlock(names.getFirst(), body("endset"));
    }

    private Node macro() {
        String name = tokens.name();
        tokens.expectOperator("(");
        List<String> parameters = new ArrayList<>();
        Map<String, Expression> defaults = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            String parameter = tokens.name();
            parameters.add(parameter);
            if (tokens.skipOperator("=")) {
                defaults.put(parameter, expressions.expression());
            }
            if (!tokens.peek().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expect(Kind.BLOCK_END);
        return new Node.Macro(name, parameters, defaults, body("endmacro"));
    }

    private Node filter() {
        String name = tokens.name();
        Arguments arguments = tokens.skipOperator("(") ? expressions.arguments() : Arguments.NONE;
        tokens.expect(Kind.BLOCK_END);
        return new Node.FilterBlock(name, arguments, body("endfilter"));
    }
}
