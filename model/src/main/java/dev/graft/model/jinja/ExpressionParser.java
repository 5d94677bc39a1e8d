package dev.graft.model.jinja;

import dev.graft.model.jinja.Expression.Arguments;
import dev.graft.model.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Expressions, with the precedences of jinja2's parser.py: if-else, or, and, not, comparison, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, sign, then {@code . [] () |} and tests. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NO_TEST_ARGUMENT =
            Set.of("else", "or", "and", "if", "in", "is", "not", "recursive");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Expression expression() {
        tokens.enter();
        Expression then = or();
        while (tokens.skipName("if")) {
            Expression condition = or();
            Optional<Expression> otherwise = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            then = new Expression.Choice(condition, then, otherwise);
        }
        tokens.leave();
        return then;
    }

    /** An expression, or several with commas between, which are a list. */
    Expression tuple() {
        Expression first = expression();
        if (!tokens.peek().isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !ends()) {
            items.add(expression());
        }
        return new Expression.ListOf(items);
    }

    private boolean ends() {
        Kind kind = tokens.peek().kind();
        return kind == Kind.BLOCK_END || kind == Kind.PRINT_END || tokens.peek().isOperator(")");
    }

    /** An expression that stops before {@code if}, as the items of a loop do. */
    Expression or() {
        Expression left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Or(left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            left = new Expression.And(left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression of = not();
        tokens.leave();
        return new Expression.Not(of);
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> rest = new ArrayList<>();
        while (true) {
            if (tokens.peek().kind() == Kind.OPERATOR
                    && COMPARISONS.contains(tokens.peek().value())) {
                operators.add(tokens.next().value());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (tokens.peek().isName("not") && tokens.peekSecond().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                return operators.isEmpty() ? first : new Expression.Comparison(first, operators, rest);
            }
            rest.add(sum());
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.peek().isOperator("+") || tokens.peek().isOperator("-")) {
            left = new Expression.Binary(tokens.next().value(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.skipOperator("~")) {
            left = new Expression.Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (tokens.peek().kind() == Kind.OPERATOR
                && Set.of("*", "/", "//", "%").contains(tokens.peek().value())) {
            left = new Expression.Binary(tokens.next().value(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = signed(true);
        while (tokens.skipOperator("**")) {
            left = new Expression.Binary("**", left, signed(true));
        }
        return left;
    }

    private Expression signed(boolean withFilters) {
        tokens.enter();
        Expression node;
        if (tokens.skipOperator("-")) {
            node = new Expression.Negative(signed(false));
        } else if (tokens.skipOperator("+")) {
            node = signed(false);
        } else {
            node = postfix(primary());
        }
        tokens.leave();
        return withFilters ? filters(postfix(node)) : node;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case STRING -> new Expression.Constant(Text.own(strings(token.value())));
            case WHOLE -> new Expression.Constant(whole(token));
            case FRACTION -> new Expression.Constant(Double.parseDouble(token.value()));
            case NAME -> named(token.value());
            case OPERATOR -> bracketed(token);
            default -> throw new JinjaException("line " + token.line() + ": expected an expression");
        };
    }

    /** Strings side by side are one, as in Python. */
    private String strings(String first) {
        var all = new StringBuilder(first);
        while (tokens.peek().kind() == Kind.STRING) {
            all.append(tokens.next().value());
        }
        return all.toString();
    }

    private static Long whole(Token token) {
        try {
            return Long.parseLong(token.value());
        } catch (NumberFormatException e) {
            throw new JinjaException("line " + token.line() + ": " + token.value() + " is too large a number");
        }
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(true);
            case "false", "False" -> new Expression.Constant(false);
            case "none", "None" -> new Expression.Constant(None.NONE);
            default -> new Expression.Name(name);
        };
    }

    private Expression bracketed(Token open) {
        return switch (open.value()) {
            case "(" -> {
                if (tokens.skipOperator(")")) {
                    yield new Expression.ListOf(List.of());
                }
                Expression inner = tuple();
                tokens.expectOperator(")");
                yield inner;
            }
            case "[" -> new Expression.ListOf(list());
            case "{" -> new Expression.MapOf(entries());
            default -> throw new JinjaException("line " + open.line() + ": unexpected '" + open.value() + "'");
        };
    }

    private List<Expression> list() {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            items.add(expression());
            if (!tokens.peek().isOperator("]")) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private List<Map.Entry<Expression, Expression>> entries() {
        List<Map.Entry<Expression, Expression>> entries = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            Expression key = expression();
            tokens.expectOperator(":");
            entries.add(Map.entry(key, expression()));
            if (!tokens.peek().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return entries;
    }

    private Expression postfix(Expression start) {
        Expression node = start;
        while (true) {
            if (tokens.skipOperator(".")) {
                node = tokens.peek().kind() == Kind.WHOLE
                        ? new Expression.Item(node, primary())
                        : new Expression.Attribute(node, tokens.name());
            } else if (tokens.skipOperator("[")) {
                node = item(node);
            } else if (tokens.skipOperator("(")) {
                node = new Expression.Call(node, arguments());
            } else {
                return node;
            }
        }
    }

    private Expression item(Expression of) {
        Optional<Expression> from = tokens.peek().isOperator(":") ? Optional.empty() : Optional.of(expression());
        if (from.isPresent() && tokens.skipOperator("]")) {
            return new Expression.Item(of, from.get());
        }
        tokens.expectOperator(":");
        Optional<Expression> to = bound();
        Optional<Expression> step = tokens.skipOperator(":") ? bound() : Optional.empty();
        tokens.expectOperator("]");
        return new Expression.Slice(of, from, to, step);
    }

    private Optional<Expression> bound() {
        return tokens.peek().isOperator(":") || tokens.peek().isOperator("]")
                ? Optional.empty()
                : Optional.of(expression());
    }

    /** Arguments up to the closing parenthesis; the opening one is behind. */
    Arguments arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            if (tokens.peek().kind() == Kind.NAME && tokens.peekSecond().isOperator("=")) {
                String name = tokens.name();
                tokens.expectOperator("=");
                named.put(name, expression());
            } else {
                positional.add(expression());
            }
            if (!tokens.peek().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Arguments(positional, named);
    }

    private Expression filters(Expression start) {
        Expression node = start;
        while (true) {
            if (tokens.skipOperator("|")) {
                String name = tokens.name();
                Arguments arguments = tokens.skipOperator("(") ? arguments() : Arguments.NONE;
                node = new Expression.Filter(node, name, arguments);
            } else if (tokens.skipName("is")) {
                node = test(node);
            } else if (tokens.peek().isOperator(".")
                    || tokens.peek().isOperator("[")
                    || tokens.peek().isOperator("(")) {
                node = postfix(node);
            } else {
                return node;
            }
        }
    }

    private Expression test(Expression of) {
        boolean negated = tokens.skipName("not");
        String name = tokens.name();
        Arguments arguments = testArguments();
        Expression test = new Expression.Test(of, name, arguments);
        return negated ? new Expression.Not(test) : test;
    }

    private Arguments testArguments() {
        if (tokens.skipOperator("(")) {
            return arguments();
        }
        Token token = tokens.peek();
        boolean value = switch (token.kind()) {
            case NAME -> !NO_TEST_ARGUMENT.contains(token.value());
            case STRING, WHOLE, FRACTION -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
        return value ? new Arguments(List.of(postfix(primary())), Map.of()) : Arguments.NONE;
    }
}
