package dev.graft.model.jinja;

import java.util.List;
import java.util.Map;

/** The tests of {@code x is …}. */
final class Tests {
    private Tests() {}

    static boolean holds(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "string" -> value instanceof Text;
            case "mapping" -> value instanceof Map;
            case "iterable" ->
                value instanceof List || value instanceof Map || value instanceof Text || value instanceof Undefined;
            case "sequence" -> value instanceof List || value instanceof Map || value instanceof Text;
            case "number" -> value instanceof Long || value instanceof Double || value instanceof Boolean;
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "callable" -> value instanceof Callable;
            case "odd" -> Math.floorMod(Values.requireWhole(value, name), 2L) == 1;
            case "even" -> Math.floorMod(Values.requireWhole(value, name), 2L) == 0;
            case "divisibleby" ->
                Values.requireWhole(Operators.binary("%", value, argument(name, arguments), new Budget(1)), name) == 0;
            case "lower" ->
                Values.text(value).value().equals(Values.text(value).value().toLowerCase(java.util.Locale.ROOT));
            case "upper" ->
                Values.text(value).value().equals(Values.text(value).value().toUpperCase(java.util.Locale.ROOT));
            case "in" -> Operators.contains(argument(name, arguments), value);
            case "eq", "equalto", "sameas" -> Operators.equal(value, argument(name, arguments));
            case "ne" -> !Operators.equal(value, argument(name, arguments));
            case "lt", "lessthan" -> Operators.order(value, argument(name, arguments)) < 0;
            case "le" -> Operators.order(value, argument(name, arguments)) <= 0;
            case "gt", "greaterthan" -> Operators.order(value, argument(name, arguments)) > 0;
            case "ge" -> Operators.order(value, argument(name, arguments)) >= 0;
            default -> throw new JinjaException("No test named '" + name + "'.");
        };
    }

    private static Object argument(String name, List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new JinjaException("the test '" + name + "' needs an argument");
        }
        return arguments.getFirst();
    }
}
