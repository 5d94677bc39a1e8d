package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The filters of {@code x | …}. */
final class Filters {
    /** Filters that take None for an empty list. */
    private static final Set<String> PASSING_NOTHING = Set.of("map", "select", "reject", "selectattr", "rejectattr");

    private final Evaluator evaluator;
    private final Budget budget;

    Filters(Evaluator evaluator, Budget budget) {
        this.evaluator = evaluator;
        this.budget = budget;
    }

    Object apply(String name, Object of, CallArguments with) {
        budget.spend(of instanceof Text text ? text.length() / 8 + 1 : 1);
        return switch (name) {
            case "trim" -> trim(Values.text(of), with);
            case "upper" -> Strings.upper(Values.text(of));
            case "lower" -> Strings.lower(Values.text(of));
            case "capitalize" -> Strings.capitalized(Values.text(of));
            case "title" -> Strings.titled(Values.text(of));
            case "string", "safe" -> Values.text(of);
            case "replace" ->
                Strings.replaced(Values.text(of), with.text(0, "old"), with.text(1, "new"), with.whole(2, "count", -1));
            case "indent" -> indent(Values.text(of), with);
            case "tojson" -> new Json((int) with.whole(0, "indent", 0), with.flag(1, "sort_keys")).write(of);
            case "length", "count" -> Values.length(of);
            case "default", "d" -> defaulted(of, with);
            case "int" -> whole(of, with);
            case "float" -> of instanceof Text text ? Double.valueOf(number(text)) : Operators.toDouble(of);
            case "abs" -> Operators.order(of, 0L) < 0 ? Operators.binary("-", 0L, of, budget) : of;
            case "items" -> of instanceof Map<?, ?> map ? Methods.items(map) : List.of();
            case "dictsort" -> sortedItems(of);
            default -> ofList(name, of, with);
        };
    }

    private Object ofList(String name, Object of, CallArguments with) {
        boolean nothing = of == None.NONE && PASSING_NOTHING.contains(name);
        List<Object> items = nothing ? List.of() : Values.items(of, budget);
        budget.spend(items.size());
        return switch (name) {
            case "list" -> items;
            case "join" ->
                Strings.joined(
                        attributes(items, with),
                        with.get(0, "d").map(Values::text).orElse(Text.EMPTY));
            case "first" -> items.isEmpty() ? new Undefined("No first item, sequence was empty.") : items.getFirst();
            case "last" -> items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
            case "reverse" -> of instanceof Text ? Strings.joined(items.reversed(), Text.EMPTY) : items.reversed();
            case "unique" -> List.copyOf(new LinkedHashSet<>(items));
            case "sort" -> items.stream().sorted(Operators::order).toList();
            case "min" ->
                items.stream().min(Operators::order).orElse(new Undefined("No aggregated item, sequence was empty."));
            case "max" ->
                items.stream().max(Operators::order).orElse(new Undefined("No aggregated item, sequence was empty."));
            case "sum" -> items.stream().reduce(0L, (a, b) -> Operators.binary("+", a, b, budget));
            case "map" -> map(items, with);
            case "select" -> selected(items, with, 0, true);
            case "reject" -> selected(items, with, 0, false);
            case "selectattr" -> selected(items, with, 1, true);
            case "rejectattr" -> selected(items, with, 1, false);
            default -> throw new JinjaException("No filter named '" + name + "'.");
        };
    }

    private static Text trim(Text text, CallArguments with) {
        String set = with.get(0, "chars")
                .filter(value -> value != None.NONE)
                .map(value -> Values.requireText(value, "trim").value())
                .orElse("");
        return text.stripped(set, true, true);
    }

    private static Text indent(Text text, CallArguments with) {
        Object width = with.get(0, "width").orElse(4L);
        Text blanks = width instanceof Text own
                ? own
                : Text.own(" ".repeat(Math.clamp(Values.requireWhole(width, "indent"), 0, 1000)));
        return Strings.indented(text, blanks, with.flag(1, "first"), with.flag(2, "blank"));
    }

    private static Object defaulted(Object of, CallArguments with) {
        boolean missing = of instanceof Undefined || (with.flag(1, "boolean") && !Values.isTrue(of));
        return missing ? with.get(0, "default_value").orElse(Text.EMPTY) : of;
    }

    private static Object whole(Object of, CallArguments with) {
        return switch (of) {
            case Text text -> {
                try {
                    yield Long.parseLong(text.value().strip());
                } catch (NumberFormatException e) {
                    yield with.whole(0, "default", (long) number(text));
                }
            }
            case Double number -> number.longValue();
            default -> Values.requireWhole(of, "int");
        };
    }

    private static double number(Text text) {
        try {
            return Double.parseDouble(text.value().strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static List<Object> sortedItems(Object of) {
        if (!(of instanceof Map<?, ?> map)) {
            throw new JinjaException("dictsort needs a dict, not " + Values.typeName(of));
        }
        Comparator<Object> byKey = Comparator.comparing(
                item -> Values.text(((List<?>) item).getFirst()).value().toLowerCase(java.util.Locale.ROOT));
        return Methods.items(map).stream().sorted(byKey).toList();
    }

    private List<Object> attributes(List<Object> items, CallArguments with) {
        return with.get(1, "attribute")
                .map(name ->
                        items.stream().map(item -> evaluator.item(item, name)).toList())
                .orElse(items);
    }

    private Object map(List<Object> items, CallArguments with) {
        Object attribute = with.named().get("attribute");
        if (attribute != null) {
            return items.stream().map(item -> evaluator.item(item, attribute)).toList();
        }
        String filter = with.text(0, "filter").value();
        List<Object> rest = with.positional().subList(1, with.positional().size());
        return items.stream()
                .map(item -> evaluator.filter(filter, item, rest, with.named()))
                .toList();
    }

    /** @param skipped 1 where the test is about an attribute of each item, which the first argument names */
    private List<Object> selected(List<Object> items, CallArguments with, int skipped, boolean keep) {
        List<Object> arguments = with.positional();
        List<Object> selected = new ArrayList<>();
        for (Object item : items) {
            Object subject = skipped == 0 ? item : evaluator.item(item, with.text(0, "attribute"));
            boolean holds = arguments.size() <= skipped
                    ? Values.isTrue(subject)
                    : Tests.holds(
                            with.text(skipped, "test").value(),
                            subject,
                            arguments.subList(skipped + 1, arguments.size()));
            if (holds == keep) {
                selected.add(item);
            }
        }
        return selected;
    }
}
