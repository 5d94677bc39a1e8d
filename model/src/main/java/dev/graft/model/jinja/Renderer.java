package dev.graft.model.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the statements of a template and collects what they print. */
final class Renderer {
    /** How a list of statements was left. */
    private enum Left {
        AT_ITS_END,
        BY_BREAK,
        BY_CONTINUE
    }

    private final Evaluator evaluator;
    private final Budget budget;
    private TextBuilder out = new TextBuilder();

    Renderer(Budget budget) {
        this.budget = budget;
        this.evaluator = new Evaluator(budget);
    }

    Text render(List<Node> nodes, Scope scope) {
        run(nodes, scope);
        return out.text();
    }

    private Left run(List<Node> nodes, Scope scope) {
        for (Node node : nodes) {
            Left left = run(node, scope);
            if (left != Left.AT_ITS_END) {
                return left;
            }
        }
        return Left.AT_ITS_END;
    }

    private Left run(Node node, Scope scope) {
        budget.spend(1);
        switch (node) {
            case Node.Data data -> print(data.text());
            case Node.Print print -> print(Values.text(evaluator.value(print.value(), scope)));
            case Node.If choice -> {
                return choose(choice, scope);
            }
            case Node.For loop -> loop(loop, scope);
            case Node.Set set -> set(set, scope);
            case Node.SetBlock block -> scope.set(block.name(), captured(block.body(), new Scope(scope)));
            case Node.FilterBlock block ->
                print(Values.text(evaluator.filter(
                        block.filter(),
                        captured(block.body(), new Scope(scope)),
                        evaluator.positional(block.arguments(), scope),
                        evaluator.named(block.arguments(), scope))));
            case Node.Macro macro -> scope.set(macro.name(), macro(macro, scope));
            case Node.Group group -> {
                return run(group.body(), scope);
            }
            case Node.Break stop -> {
                return Left.BY_BREAK;
            }
            case Node.Continue next -> {
                return Left.BY_CONTINUE;
            }
        }
        return Left.AT_ITS_END;
    }

    private void print(Text text) {
        budget.spend(text.length());
        out.add(text);
    }

    private Left choose(Node.If choice, Scope scope) {
        for (Node.Branch branch : choice.branches()) {
            if (Values.isTrue(evaluator.value(branch.condition(), scope))) {
                return run(branch.body(), scope);
            }
        }
        return run(choice.otherwise(), scope);
    }

    private void loop(Node.For loop, Scope scope) {
        List<Object> items = Values.items(evaluator.value(loop.items(), scope), budget);
        if (loop.condition().isPresent()) {
            items = items.stream()
                    .filter(item -> {
                        Scope inner = new Scope(scope);
                        bind(loop.names(), item, inner);
                        return Values.isTrue(evaluator.value(loop.condition().get(), inner));
                    })
                    .toList();
        }
        if (items.isEmpty()) {
            run(loop.otherwise(), new Scope(scope));
        }
        for (int i = 0; i < items.size(); i++) {
            Scope inner = new Scope(scope);
            inner.set("loop", loopFacts(items, i));
            bind(loop.names(), items.get(i), inner);
            if (run(loop.body(), inner) == Left.BY_BREAK) {
                return;
            }
        }
    }

    private static Map<String, Object> loopFacts(List<Object> items, int index) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("index", index + 1L);
        facts.put("index0", (long) index);
        facts.put("revindex", (long) items.size() - index);
        facts.put("revindex0", items.size() - index - 1L);
        facts.put("first", index == 0);
        facts.put("last", index == items.size() - 1);
        facts.put("length", (long) items.size());
        facts.put("depth", 1L);
        facts.put("depth0", 0L);
        facts.put("previtem", index == 0 ? new Undefined("there is no previous item") : items.get(index - 1));
        facts.put(
                "nextitem", index == items.size() - 1 ? new Undefined("there is no next item") : items.get(index + 1));
        facts.put("cycle", (Callable) (choices, named) -> choices.get(index % choices.size()));
        return facts;
    }

    private void bind(List<String> names, Object value, Scope scope) {
        if (names.size() == 1) {
            scope.set(names.getFirst(), value);
            return;
        }
        List<Object> values = Values.items(value, budget);
        if (values.size() != names.size()) {
            throw new JinjaException("can't take " + values.size() + " values apart into " + names.size() + " names");
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), values.get(i));
        }
    }

    private void set(Node.Set set, Scope scope) {
        Object value = evaluator.value(set.value(), scope);
        if (set.attribute().isEmpty()) {
            bind(set.names(), value, scope);
        } else if (scope.get(set.names().getFirst()) instanceof Namespace namespace) {
            namespace.values().put(set.attribute().get(), value);
        } else {
            throw new JinjaException("cannot assign attribute on non-namespace object");
        }
    }

    private Text captured(List<Node> body, Scope scope) {
        TextBuilder outer = out;
        out = new TextBuilder();
        try {
            run(body, scope);
            return out.text();
        } finally {
            out = outer;
        }
    }

    private Callable macro(Node.Macro macro, Scope defined) {
        return (arguments, named) -> {
            if (arguments.size() > macro.parameters().size()) {
                throw new JinjaException("macro '" + macro.name() + "' takes not more than "
                        + macro.parameters().size() + " argument(s)");
            }
            Scope scope = new Scope(defined);
            for (int i = 0; i < macro.parameters().size(); i++) {
                String parameter = macro.parameters().get(i);
                Object given = i < arguments.size() ? arguments.get(i) : named.get(parameter);
                scope.set(parameter, given == null ? defaulted(macro, parameter, scope) : given);
            }
            budget.enter();
            Text text = captured(macro.body(), scope);
            budget.leave();
            return text;
        };
    }

    private Object defaulted(Node.Macro macro, String parameter, Scope scope) {
        Expression expression = macro.defaults().get(parameter);
        return expression == null ? new Undefined(parameter) : evaluator.value(expression, scope);
    }
}
