package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An expression, as it was parsed. */
sealed interface Expression {
    record Constant(Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record ListOf(List<Expression> items) implements Expression {}

    record MapOf(List<Map.Entry<Expression, Expression>> entries) implements Expression {}

    /** {@code of.name} */
    record Attribute(Expression of, String name) implements Expression {}

    /** {@code of[key]} */
    record Item(Expression of, Expression key) implements Expression {}

    /** {@code of[from:to:step]} */
    record Slice(Expression of, Optional<Expression> from, Optional<Expression> to, Optional<Expression> step)
            implements Expression {}

    record Call(Expression callee, Arguments arguments) implements Expression {}

    /** {@code of | name(arguments)} */
    record Filter(Expression of, String name, Arguments arguments) implements Expression {}

    /** {@code of is name(arguments)} */
    record Test(Expression of, String name, Arguments arguments) implements Expression {}

    record Not(Expression of) implements Expression {}

    record Negative(Expression of) implements Expression {}

    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    /** {@code + - * / // % ** ~} */
    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /** {@code a < b <= c}: each operator stands between two neighbours. */
    record Comparison(Expression first, List<String> operators, List<Expression> rest) implements Expression {}

    /** {@code then if condition else otherwise} */
    record Choice(Expression condition, Expression then, Optional<Expression> otherwise) implements Expression {}

    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
