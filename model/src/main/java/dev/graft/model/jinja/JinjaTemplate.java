package dev.graft.model.jinja;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A template, parsed once and rendered as often as wanted, by any number of threads. */
public final class JinjaTemplate {
    private static final int LONGEST_SOURCE = 1 << 20;
    private static final long BUDGET = 1L << 25; // steps and characters: a conversation of 1 MB spends some 2 million

    private final List<Node> nodes;

    private JinjaTemplate(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** @throws JinjaException where the template can't be read; names the line */
    public static JinjaTemplate parse(String source) {
        if (source.length() > LONGEST_SOURCE) {
            throw new JinjaException("a template has at most " + LONGEST_SOURCE + " characters");
        }
        try {
            return new JinjaTemplate(Parser.parse(source));
        } catch (StackOverflowError e) {
            throw new JinjaException("the template is nested too deep");
        }
    }

    /**
     * Renders it.
     *
     * @param variables values of the kinds that the package names
     * @param clock what {@code strftime_now} reads
     * @throws JinjaException where the template raises an error, uses what is not there, or costs too much
     */
    public Text render(Map<String, Object> variables, Clock clock) {
        Budget budget = new Budget(BUDGET);
        Scope scope = new Scope(null);
        scope.set("range", (Callable) (arguments, named) -> range(arguments, budget));
        scope.set("namespace", (Callable) (arguments, named) -> new Namespace(named));
        scope.set("dict", (Callable) (arguments, named) -> new LinkedHashMap<>(named));
        scope.set("raise_exception", (Callable) (arguments, named) -> raise(arguments));
        scope.set("strftime_now", (Callable) (arguments, named) -> Text.own(Dates.format(
                new CallArguments("strftime_now", arguments, named)
                        .text(0, "format")
                        .value(),
                clock)));
        variables.forEach(scope::set);
        try {
            return new Renderer(budget).render(nodes, scope);
        } catch (StackOverflowError e) {
            throw new JinjaException("the template is nested too deep");
        }
    }

    private static Object raise(List<Object> arguments) {
        throw new JinjaException(
                arguments.isEmpty()
                        ? "the template raised an error"
                        : Values.text(arguments.getFirst()).value());
    }

    private static Object range(List<Object> arguments, Budget budget) {
        var with = new CallArguments("range", arguments, Map.of());
        long start = arguments.size() > 1 ? with.whole(0, "start", 0) : 0;
        long stop = with.whole(arguments.size() > 1 ? 1 : 0, "stop", 0);
        long step = with.whole(2, "step", 1);
        if (step == 0) {
            throw new JinjaException("range() arg 3 must not be zero");
        }
        List<Object> numbers = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i = Math.addExact(i, step)) {
            budget.spend(64);
            numbers.add(i);
        }
        return numbers;
    }
}
