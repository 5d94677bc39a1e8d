package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The methods of strings, lists and dictionaries that only read; what would change a value is refused, as in jinja2's immutable sandbox. */
final class Methods {
    private Methods() {}

    static Optional<Callable> of(Object value, String name, Budget budget) {
        return switch (value) {
            case Text text -> ofText(text, name).map(method -> costing(method, text, budget));
            case Map<?, ?> map -> ofMap(map, name);
            case List<?> list -> ofList(list, name);
            default -> Optional.empty();
        };
    }

    private static Callable costing(Callable method, Text text, Budget budget) {
        return (arguments, named) -> {
            budget.spend(text.length());
            return method.call(arguments, named);
        };
    }

    private static Optional<Callable> ofText(Text text, String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "strip" -> (Callable) (list, named) -> text.stripped(set(list), true, true);
                    case "lstrip" -> (list, named) -> text.stripped(set(list), true, false);
                    case "rstrip" -> (list, named) -> text.stripped(set(list), false, true);
                    case "upper" -> (list, named) -> Strings.upper(text);
                    case "lower" -> (list, named) -> Strings.lower(text);
                    case "capitalize" -> (list, named) -> Strings.capitalized(text);
                    case "title" -> (list, named) -> Strings.titled(text);
                    case "startswith" ->
                        (list, named) -> any(list, prefix -> text.value().startsWith(prefix));
                    case "endswith" ->
                        (list, named) -> any(list, suffix -> text.value().endsWith(suffix));
                    case "split" -> (list, named) -> split(text, new CallArguments(name, list, named), false);
                    case "rsplit" -> (list, named) -> split(text, new CallArguments(name, list, named), true);
                    case "format" -> (list, named) -> Strings.formatted(text, list);
                    case "splitlines" -> (list, named) -> Strings.lines(text);
                    case "replace" -> (list, named) -> replace(text, new CallArguments(name, list, named));
                    case "find" ->
                        (list, named) -> (long) text.value()
                                .indexOf(new CallArguments(name, list, named)
                                        .text(0, "sub")
                                        .value());
                    case "count" ->
                        (list, named) -> Strings.split(text, new CallArguments(name, list, named).text(0, "sub"), -1)
                                        .size()
                                - 1L;
                    case "join" ->
                        (list, named) ->
                                Strings.joined(Values.items(list.getFirst(), new Budget(Integer.MAX_VALUE)), text);
                    case "isdigit" ->
                        (list, named) ->
                                text.length() > 0 && text.value().chars().allMatch(Character::isDigit);
                    default -> null;
                });
    }

    private static String set(List<Object> arguments) {
        return arguments.isEmpty() || arguments.getFirst() == None.NONE
                ? ""
                : Values.requireText(arguments.getFirst(), "strip").value();
    }

    private static boolean any(List<Object> arguments, java.util.function.Predicate<String> test) {
        Object argument = arguments.isEmpty() ? None.NONE : arguments.getFirst();
        List<?> choices = argument instanceof List<?> list ? list : List.of(argument);
        return choices.stream()
                .anyMatch(choice ->
                        test.test(Values.requireText(choice, "startswith").value()));
    }

    private static Object split(Text text, CallArguments arguments, boolean fromRight) {
        Object separator = arguments.get(0, "sep").orElse(None.NONE);
        long most = arguments.whole(1, "maxsplit", -1);
        if (separator == None.NONE) {
            return Strings.words(text);
        }
        Text between = Values.requireText(separator, "split");
        return fromRight ? Strings.splitFromRight(text, between, most) : Strings.split(text, between, most);
    }

    private static Object replace(Text text, CallArguments arguments) {
        return Strings.replaced(
                text, arguments.text(0, "old"), arguments.text(1, "new"), arguments.whole(2, "count", -1));
    }

    private static Optional<Callable> ofMap(Map<?, ?> map, String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "items" -> (Callable) (list, named) -> items(map);
                    case "keys" ->
                        (list, named) -> map.keySet().stream().map(Values::key).toList();
                    case "values" -> (list, named) -> List.copyOf(map.values());
                    case "get" -> (list, named) -> get(map, new CallArguments(name, list, named));
                    case "update", "pop", "clear", "setdefault", "popitem" -> refused(name);
                    default -> null;
                });
    }

    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(List.of(Values.key(key), value)));
        return items;
    }

    private static Object get(Map<?, ?> map, CallArguments arguments) {
        Object key = arguments.required(0, "key");
        Object found = map.get(key instanceof Text text ? text.value() : key);
        return found == null ? arguments.get(1, "default").orElse(None.NONE) : found;
    }

    private static Optional<Callable> ofList(List<?> list, String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "index" -> (Callable) (arguments, named) -> (long) list.indexOf(arguments.getFirst());
                    case "count" ->
                        (arguments, named) -> list.stream()
                                .filter(item -> Operators.equal(item, arguments.getFirst()))
                                .count();
                    case "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse" -> refused(name);
                    default -> null;
                });
    }

    private static Callable refused(String name) {
        return (arguments, named) -> {
            throw new JinjaException("access to '" + name + "' is unsafe: a template may not change values");
        };
    }
}
