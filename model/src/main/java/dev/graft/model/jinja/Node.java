package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A statement, as it was parsed. */
sealed interface Node {
    record Data(Text text) implements Node {}

    record Print(Expression value) implements Node {}

    record If(List<Branch> branches, List<Node> otherwise) implements Node {}

    record Branch(Expression condition, List<Node> body) {}

    record For(
            List<String> names, Expression items, Optional<Expression> condition, List<Node> body, List<Node> otherwise)
            implements Node {}

    /** {@code set names = value}, or of an attribute of a namespace where {@code attribute} is there. */
    record Set(List<String> names, Optional<String> attribute, Expression value) implements Node {}

    /** {@code set name} … {@code endset} */
    record SetBlock(String name, List<Node> body) implements Node {}

    /** {@code filter name} … {@code endfilter}: the body, through a filter. */
    record FilterBlock(String filter, Expression.Arguments arguments, List<Node> body) implements Node {}

    record Macro(String name, List<String> parameters, Map<String, Expression> defaults, List<Node> body)
            implements Node {}

    /** {@code generation} … {@code endgeneration}, which only marks what a model wrote. */
    record Group(List<Node> body) implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}
}
