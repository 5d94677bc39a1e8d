package dev.graft.prompt.template;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The template language: Jinja's expressions, {@code if}, {@code for}, {@code set} and {@code raw}, and the filters that only reshape text and
 * lists. No Java object can be reached, nothing is read from outside, values are never rendered again, and size, time and nesting are bounded.
 * Blocks swallow the line that they stand on (Jinja's {@code trim_blocks} and {@code lstrip_blocks}, as Hugging Face sets them).
 */
final class Jinja {
    private static final int LONGEST_OUTPUT = 4_000_000;
    private static final int LONGEST_LIST = 10_000;
    private static final int LONGEST_RANGE = 1_000;
    private static final int DEEPEST = 20;
    /** Tags that open none ({@code else}, a short {@code set}) count as well. */
    private static final int MOST_OPEN_BLOCKS = 500;

    private static final Duration LONGEST_TIME = Duration.ofMillis(500);
    private static final String DEADLINE = "\u0000deadline";

    private static final Set<String> TAGS = Set.of(
            "for", "endfor", "if", "elif", "else", "endif", "set", "endset", "raw", "endraw", "break", "continue");
    private static final Set<String> FUNCTIONS = Set.of("range", "namespace");
    private static final Set<String> FILTERS = Set.of(
            "abs",
            "bool",
            "capitalize",
            "count",
            "default",
            "d",
            "first",
            "float",
            "int",
            "join",
            "last",
            "length",
            "list",
            "lower",
            "reverse",
            "round",
            "sort",
            "string",
            "sum",
            "title",
            "tojson",
            "trim",
            "truncate",
            "unique",
            "upper",
            "wordcount");

    private final Jinjava jinjava = new Jinjava(config(allBut()));

    /**
     * @param field where the text stands in the template, for messages
     * @throws FaultException {@code variable_undefined} naming the variable, {@code template_too_large}, {@code template_too_slow}, or
     *     {@code template_error} with the place
     */
    String render(String text, Map<String, Object> values, String field) {
        checkNesting(text, field);
        Set<String> undefined = new LinkedHashSet<>();
        Context context = new Context(
                jinjava.getGlobalContextCopy(),
                values,
                jinjava.getGlobalConfig().getDisabled());
        context.put(DEADLINE, System.nanoTime() + LONGEST_TIME.toNanos());
        context.setDynamicVariableResolver(name -> {
            undefined.add(name);
            return "";
        });
        JinjavaInterpreter interpreter = new JinjavaInterpreter(jinjava, context, jinjava.getGlobalConfig());
        try {
            String rendered = interpreter.render(withoutLastNewline(text));
            check(interpreter, undefined, field);
            return rendered;
        } catch (TooSlow e) {
            throw new FaultException(
                    Fault.input(
                            "template_too_slow",
                            field,
                            "",
                            "took longer than " + LONGEST_TIME.toMillis() + " ms: loop less"),
                    e);
        } catch (InterpretException e) {
            check(interpreter, undefined, field);
            throw new FaultException(Fault.input("template_error", field, "", firstLine(e.getMessage())), e);
        } catch (StackOverflowError e) {
            throw new FaultException(Fault.input("template_too_deep", field, "", "nest blocks and brackets less"), e);
        }
    }

    private static void check(JinjavaInterpreter interpreter, Set<String> undefined, String field) {
        if (!undefined.isEmpty()) {
            throw new FaultException(Fault.input(
                    "variable_undefined",
                    field,
                    String.join(", ", undefined),
                    "declare it under variables, or correct its name"));
        }
        for (TemplateError error : interpreter.getErrorsCopy()) {
            String code = switch (error.getReason()) {
                case OUTPUT_TOO_BIG, COLLECTION_TOO_BIG -> "template_too_large";
                case DISABLED -> "template_forbidden";
                case SYNTAX_ERROR -> "template_syntax";
                default -> "template_error";
            };
            throw new FaultException(
                    Fault.input(code, field, "line " + error.getLineno(), firstLine(error.getMessage())));
        }
    }

    /** The parser's time grows with the third power of the brackets' depth, and blocks nest on the stack: both are bounded before it begins. */
    private static void checkNesting(String text, String field) {
        if (text.contains(ExtendedParser.INTERPRETER)) {
            throw new FaultException(
                    Fault.input("template_forbidden", field, ExtendedParser.INTERPRETER, "is not for templates"));
        }
        int brackets = 0;
        int blocks = 0;
        boolean inside = false;
        for (int i = 0; i + 1 < text.length(); i++) {
            char c = text.charAt(i);
            char next = text.charAt(i + 1);
            if (!inside && c == '{' && (next == '{' || next == '%')) {
                inside = true;
                brackets = 0;
                blocks += next == '%'
                        ? (text.substring(i + 2, Math.min(text.length(), i + 12))
                                        .contains("end")
                                ? -1
                                : 1)
                        : 0;
                i++;
            } else if (inside && (c == '}' || c == '%') && next == '}') {
                inside = false;
            } else if (inside && (c == '(' || c == '[' || c == '{')) {
                brackets++;
            } else if (inside && (c == ')' || c == ']' || c == '}')) {
                brackets--;
            }
            if (brackets > DEEPEST || blocks > MOST_OPEN_BLOCKS) {
                throw new FaultException(Fault.input("template_too_deep", field, "", "nest blocks and brackets less"));
            }
        }
    }

    /** Jinja's own habit, and what a block text in YAML wants. */
    private static String withoutLastNewline(String text) {
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static String firstLine(@org.jspecify.annotations.Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    private static void checkTime(Node node, JinjavaInterpreter interpreter) {
        interpreter.getContext().setCurrentNode(node);
        if (interpreter.getContext().get(DEADLINE) instanceof Long deadline && System.nanoTime() > deadline) {
            throw new TooSlow(node.getLineNumber());
        }
    }

    private static JinjavaConfig config(Map<Library, Set<String>> disabled) {
        return JinjavaConfig.newBuilder()
                .withDisabled(disabled)
                .withElResolver(new Sandbox())
                .withNestedInterpretationEnabled(false)
                .withFailOnUnknownTokens(true)
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withKeepTrailingNewline(true)
                .withMaxRenderDepth(DEEPEST)
                .withMaxOutputSize(LONGEST_OUTPUT)
                .withMaxStringLength(LONGEST_OUTPUT)
                .withMaxListSize(LONGEST_LIST)
                .withMaxMapSize(LONGEST_LIST)
                .withRangeLimit(LONGEST_RANGE)
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true)
                        .build())
                .withProcessors(JinjavaProcessors.newBuilder()
                        .withNodePreProcessor(Jinja::checkTime)
                        .build())
                .build();
    }

    private static Map<Library, Set<String>> allBut() {
        Context everything = new Jinjava().getGlobalContext();
        Map<Library, Set<String>> disabled = new EnumMap<>(Library.class);
        disabled.put(
                Library.TAG,
                everything.getAllTags().stream()
                        .map(Tag::getName)
                        .filter(n -> !TAGS.contains(n))
                        .collect(Collectors.toSet()));
        disabled.put(
                Library.FILTER,
                everything.getAllFilters().stream()
                        .map(Filter::getName)
                        .filter(n -> !FILTERS.contains(n))
                        .collect(Collectors.toSet()));
        disabled.put(
                Library.FUNCTION,
                everything.getAllFunctions().stream()
                        .map(ELFunctionDefinition::getLocalName)
                        .filter(n -> !FUNCTIONS.contains(n))
                        .collect(Collectors.toSet()));
        return disabled;
    }

    private static final class TooSlow extends InterpretException {
        TooSlow(int line) {
            super("too slow", line);
        }
    }
}
