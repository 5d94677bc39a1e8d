package dev.graft.prompt.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request's values against a template's declarations: plain Java strings, numbers, booleans and lists of these, nothing else. */
final class Values {
    private static final int LONGEST_TEXT = 1_000_000;
    private static final int LONGEST_LIST = 1_000;

    /**
     * @param at where the values stand in what was sent, for messages: {@code variables}, or {@code examples[0].variables}
     * @throws FaultException {@code variable_missing}, {@code variable_unknown}, {@code variable_type} or {@code variable_too_long}
     */
    static Map<String, Object> of(Map<String, Variable> declared, Map<String, JsonNode> given, String at) {
        given.keySet().stream()
                .filter(name -> !declared.containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new FaultException(Fault.input(
                            "variable_unknown",
                            at + "." + name,
                            name,
                            "the template declares " + List.copyOf(declared.keySet())));
                });
        Map<String, Object> values = new HashMap<>();
        declared.forEach((name, variable) -> values.put(name, value(name, variable, given, at)));
        return values;
    }

    private static Object value(String name, Variable variable, Map<String, JsonNode> given, String at) {
        JsonNode node = Optional.ofNullable(given.get(name))
                .or(variable::fallback)
                .orElseThrow(() -> new FaultException(Fault.input(
                        "variable_missing",
                        at + "." + name,
                        "",
                        "is required: " + variable.type().words())));
        return plain(variable.type(), node)
                .orElseThrow(() -> new FaultException(Fault.input(
                        "variable_type",
                        at + "." + name,
                        node,
                        "must be " + variable.type().words() + "; a text may have " + LONGEST_TEXT
                                + " characters, a list " + LONGEST_LIST + " entries")));
    }

    private static Optional<Object> plain(Variable.Type type, JsonNode node) {
        return switch (type) {
            case STRING -> Optional.of(node).filter(JsonNode::isTextual).flatMap(Values::scalar);
            case INTEGER ->
                Optional.of(node)
                        .filter(n -> n.isIntegralNumber() && n.canConvertToLong())
                        .map(JsonNode::longValue);
            case NUMBER -> Optional.of(node).filter(JsonNode::isNumber).flatMap(Values::scalar);
            case BOOLEAN -> Optional.of(node).filter(JsonNode::isBoolean).map(JsonNode::booleanValue);
            case LIST ->
                Optional.of(node)
                        .filter(n -> n.isArray() && n.size() <= LONGEST_LIST)
                        .flatMap(Values::list);
        };
    }

    private static Optional<Object> list(JsonNode array) {
        List<Object> values = new ArrayList<>();
        for (JsonNode entry : array) {
            Optional<Object> value = scalar(entry);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(values);
    }

    private static Optional<Object> scalar(JsonNode node) {
        if (node.isTextual()) {
            return Optional.<Object>of(node.textValue()).filter(text -> ((String) text).length() <= LONGEST_TEXT);
        }
        if (node.isBoolean()) {
            return Optional.of(node.booleanValue());
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return Optional.of(node.longValue());
        }
        return node.isNumber() && Double.isFinite(node.doubleValue())
                ? Optional.of(node.doubleValue())
                : Optional.empty();
    }

    private Values() {}
}
