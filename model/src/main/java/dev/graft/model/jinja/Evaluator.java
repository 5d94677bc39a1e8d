package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gives expressions their values. */
final class Evaluator {
    private final Budget budget;

    Evaluator(Budget budget) {
        this.budget = budget;
    }

    Object value(Expression expression, Scope scope) {
        budget.spend(1);
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.ListOf list ->
                list.items().stream().map(item -> value(item, scope)).toList();
            case Expression.MapOf map -> map(map, scope);
            case Expression.Attribute attribute -> attribute(value(attribute.of(), scope), attribute.name());
            case Expression.Item item -> item(value(item.of(), scope), value(item.key(), scope));
            case Expression.Slice slice -> slice(slice, scope);
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter -> filter(filter, scope);
            case Expression.Test test -> test(test, scope);
            case Expression.Not not -> !Values.isTrue(value(not.of(), scope));
            case Expression.Negative negative -> Operators.binary("-", 0L, value(negative.of(), scope), budget);
            case Expression.And and -> {
                Object left = value(and.left(), scope);
                yield Values.isTrue(left) ? value(and.right(), scope) : left;
            }
            case Expression.Or or -> {
                Object left = value(or.left(), scope);
                yield Values.isTrue(left) ? left : value(or.right(), scope);
            }
            case Expression.Binary binary ->
                Operators.binary(binary.operator(), value(binary.left(), scope), value(binary.right(), scope), budget);
            case Expression.Comparison comparison -> comparison(comparison, scope);
            case Expression.Choice choice -> choice(choice, scope);
        };
    }

    private Object map(Expression.MapOf map, Scope scope) {
        Map<Object, Object> values = new LinkedHashMap<>();
        for (Map.Entry<Expression, Expression> entry : map.entries()) {
            Object key = value(entry.getKey(), scope);
            values.put(key instanceof Text text ? text.value() : key, value(entry.getValue(), scope));
        }
        return values;
    }

    private boolean comparison(Expression.Comparison comparison, Scope scope) {
        Object left = value(comparison.first(), scope);
        for (int i = 0; i < comparison.operators().size(); i++) {
            Object right = value(comparison.rest().get(i), scope);
            if (left instanceof Text text) {
                budget.spend(text.length() / 64);
            }
            if (!Operators.compare(comparison.operators().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Object choice(Expression.Choice choice, Scope scope) {
        if (Values.isTrue(value(choice.condition(), scope))) {
            return value(choice.then(), scope);
        }
        return choice.otherwise().isPresent()
                ? value(choice.otherwise().get(), scope)
                : new Undefined("the else of an inline if");
    }

    /** {@code of.name}: a method first, then an entry. */
    Object attribute(Object of, String name) {
        Optional<Callable> method = Methods.of(of, name, budget);
        return method.isPresent() ? method.get() : entry(of, name);
    }

    private static Object entry(Object of, String name) {
        Object found = switch (of) {
            case Map<?, ?> map -> map.get(name);
            case Namespace namespace -> namespace.values().get(name);
            case Undefined(String undefined) -> throw new JinjaException("'" + undefined + "' is undefined");
            default -> null;
        };
        return found == null ? new Undefined(Values.typeName(of) + " object has no attribute '" + name + "'") : found;
    }

    /** {@code of[key]}: an entry first, then a method. */
    Object item(Object of, Object key) {
        if (key instanceof Text name) {
            Object entry = entry(of, name.value());
            return entry instanceof Undefined ? attribute(of, name.value()) : entry;
        }
        if (key instanceof Long index && of instanceof List<?> list) {
            long at = index < 0 ? index + list.size() : index;
            return at >= 0 && at < list.size() ? list.get((int) at) : new Undefined("list has no element " + index);
        }
        if (key instanceof Long index && of instanceof Text text) {
            List<Object> letters = Values.items(text, budget);
            return item(letters, index);
        }
        if (of instanceof Map<?, ?> map) {
            Object found = map.get(key);
            return found == null ? new Undefined("dict object has no element " + Values.text(key)) : found;
        }
        if (of instanceof Undefined(String name)) {
            throw new JinjaException("'" + name + "' is undefined");
        }
        return new Undefined(Values.typeName(of) + " object has no element " + Values.text(key));
    }

    private Object slice(Expression.Slice slice, Scope scope) {
        Object of = value(slice.of(), scope);
        Optional<Long> from = bound(slice.from(), scope);
        Optional<Long> to = bound(slice.to(), scope);
        long step = bound(slice.step(), scope).orElse(1L);
        return switch (of) {
            case Text text -> {
                var out = new TextBuilder();
                Slices.of(Values.items(text, budget), from, to, step).forEach(letter -> out.add((Text) letter));
                yield out.text();
            }
            case List<?> list -> Slices.of(List.copyOf(list), from, to, step);
            default -> throw new JinjaException("'" + Values.typeName(of) + "' object can't be sliced");
        };
    }

    private Optional<Long> bound(Optional<Expression> bound, Scope scope) {
        return bound.map(expression -> value(expression, scope))
                .filter(value -> value != None.NONE)
                .map(value -> Values.requireWhole(value, "a slice"));
    }

    private Object call(Expression.Call call, Scope scope) {
        Object callee = value(call.callee(), scope);
        if (callee instanceof Callable callable) {
            return callable.call(positional(call.arguments(), scope), named(call.arguments(), scope));
        }
        throw new JinjaException(
                callee instanceof Undefined(String name)
                        ? "'" + name + "' is undefined"
                        : "'" + Values.typeName(callee) + "' object is not callable");
    }

    private Object filter(Expression.Filter filter, Scope scope) {
        return filter(
                filter.name(),
                value(filter.of(), scope),
                positional(filter.arguments(), scope),
                named(filter.arguments(), scope));
    }

    Object filter(String name, Object of, List<Object> positional, Map<String, Object> named) {
        return new Filters(this, budget).apply(name, of, new CallArguments(name, positional, named));
    }

    private boolean test(Expression.Test test, Scope scope) {
        return Tests.holds(test.name(), value(test.of(), scope), positional(test.arguments(), scope));
    }

    List<Object> positional(Expression.Arguments arguments, Scope scope) {
        List<Object> values = new ArrayList<>();
        arguments.positional().forEach(argument -> values.add(value(argument, scope)));
        return values;
    }

    Map<String, Object> named(Expression.Arguments arguments, Scope scope) {
        Map<String, Object> values = new LinkedHashMap<>();
        arguments.named().forEach((name, argument) -> values.put(name, value(argument, scope)));
        return values;
    }
}
