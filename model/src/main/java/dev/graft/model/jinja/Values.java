package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What Python says of values: whether they are true, how they print, what they hold. */
final class Values {
    private Values() {}

    static boolean isTrue(Object value) {
        return switch (value) {
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case Text text -> text.length() > 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case None none -> false;
            case Undefined undefined -> false;
            default -> true;
        };
    }

    /** {@code str(value)}. */
    static Text text(Object value) {
        return switch (value) {
            case Text text -> text;
            case Undefined undefined -> Text.EMPTY;
            case List<?> list -> new Representation().add(list).text();
            case Map<?, ?> map -> new Representation().add(map).text();
            default -> Text.own(plain(value));
        };
    }

    static String plain(Object value) {
        return switch (value) {
            case Boolean flag -> flag ? "True" : "False";
            case None none -> "None";
            case Double number ->
                number == Math.rint(number) && Math.abs(number) < 1e16
                        ? "%d.0".formatted(number.longValue())
                        : number.toString();
            case Long number -> number.toString();
            default -> "<" + typeName(value) + ">";
        };
    }

    static String typeName(Object value) {
        return switch (value) {
            case Text text -> "str";
            case Long number -> "int";
            case Double number -> "float";
            case Boolean flag -> "bool";
            case List<?> list -> "list";
            case Map<?, ?> map -> "dict";
            case None none -> "NoneType";
            case Undefined undefined -> "undefined";
            case Namespace namespace -> "namespace";
            default -> "function";
        };
    }

    /** What a loop over this value goes through. */
    static List<Object> items(Object value, Budget budget) {
        return switch (value) {
            case List<?> list -> List.copyOf(list);
            case Map<?, ?> map -> keys(map);
            case Text text -> letters(text, budget);
            case Undefined undefined -> List.of();
            default -> throw new JinjaException("'" + typeName(value) + "' object is not iterable");
        };
    }

    private static List<Object> keys(Map<?, ?> map) {
        List<Object> keys = new ArrayList<>(map.size());
        map.keySet().forEach(key -> keys.add(key(key)));
        return keys;
    }

    /** A key of a map, which is kept as a plain string, as a value. */
    static Object key(Object key) {
        return key instanceof String name ? Text.own(name) : key;
    }

    private static List<Object> letters(Text text, Budget budget) {
        budget.spend(text.length() * 8L);
        List<Object> letters = new ArrayList<>(text.length());
        String value = text.value();
        for (int at = 0; at < value.length(); ) {
            int end = value.offsetByCodePoints(at, 1);
            letters.add(text.slice(at, end));
            at = end;
        }
        return letters;
    }

    static long length(Object value) {
        return switch (value) {
            case Text text -> text.value().codePointCount(0, text.length());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Undefined undefined -> 0;
            default -> throw new JinjaException("object of type '" + typeName(value) + "' has no len()");
        };
    }

    static Text requireText(Object value, String what) {
        if (value instanceof Text text) {
            return text;
        }
        throw new JinjaException(what + " needs a string, not " + typeName(value) + nameOf(value));
    }

    static long requireWhole(Object value, String what) {
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1 : 0;
            default -> throw new JinjaException(what + " needs an integer, not " + typeName(value) + nameOf(value));
        };
    }

    private static String nameOf(Object value) {
        return value instanceof Undefined(String name) ? " ('" + name + "')" : "";
    }
}
