package dev.graft.prompt.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Message;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a template can be stored: what is wrong with it is said when it is written, not when it first runs. */
@Singleton
public final class TemplateCheck {
    private static final int LONGEST_TEXT = 100_000;
    private static final int LONGEST_PATTERN = 1_000;
    private static final int MOST_EXAMPLES = 200;
    private static final int MOST_LABELS = 1_000;
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");
    /** Faults that no other value would mend. */
    private static final Set<String> LASTING = Set.of("template_syntax", "template_forbidden", "variable_undefined");

    private final Renderer renderer;

    public TemplateCheck(Renderer renderer) {
        this.renderer = renderer;
    }

    /** @throws FaultException naming the field at fault */
    public void check(TemplateSource source) {
        Names.template(source.name());
        checkForm(source);
        source.variables().forEach(TemplateCheck::checkVariable);
        checkOutput(source.output());
        checkExamples(source);
        tryOut(source);
    }

    private static void checkForm(TemplateSource source) {
        boolean chat = !source.messages().isEmpty();
        require(chat != source.prompt().isPresent(), "template_form", "messages", "", "give either messages or prompt");
        require(
                !chat || source.instruction().isEmpty(),
                "template_form",
                "instruction",
                "",
                "belongs to prompt; in chat form write a system turn");
        require(
                !chat || source.answerPrefix().isEmpty(),
                "template_form",
                "answerPrefix",
                "",
                "belongs to prompt; chat form has none");
        source.prompt().ifPresent(text -> checkText("prompt", text));
        source.instruction().ifPresent(text -> checkText("instruction", text));
        if (chat) {
            checkTurns(source);
        }
    }

    private static void checkTurns(TemplateSource source) {
        for (int i = 0; i < source.messages().size(); i++) {
            Message turn = source.messages().get(i);
            require(
                    ROLES.contains(turn.role()),
                    "template_role",
                    "messages[" + i + "].role",
                    turn.role(),
                    "must be system, user or assistant");
            checkText("messages[" + i + "].content", turn.content());
        }
        boolean late =
                source.repeatedTurns().stream().anyMatch(turn -> turn.role().equals("system"));
        require(!late, "template_role", "messages", "", "system turns must come first");
        String last = source.messages().getLast().role();
        require(
                last.equals("user"),
                "template_role",
                "messages[" + (source.messages().size() - 1) + "].role",
                last,
                "the last turn must be the user's");
    }

    private static void checkText(String field, String text) {
        require(
                text.length() <= LONGEST_TEXT,
                "template_too_large",
                field,
                text.length() + " characters",
                "at most " + LONGEST_TEXT);
    }

    private static void checkVariable(String name, Variable variable) {
        Names.variable(name);
        variable.required()
                .ifPresent(required -> require(
                        required == variable.fallback().isEmpty(),
                        "variable_default",
                        "variables." + name + ".required",
                        required,
                        "a variable is required exactly where it has no default"));
        variable.fallback().ifPresent(value -> Values.of(Map.of(name, variable), Map.of(), "variables"));
    }

    private static void checkOutput(OutputForm output) {
        switch (output) {
            case OutputForm.Text text -> {}
            case OutputForm.Label label -> checkLabels(label.labels());
            case OutputForm.Matching matching -> checkPattern(matching.pattern());
        }
    }

    private static void checkLabels(List<String> labels) {
        require(
                labels.size() >= 2 && labels.size() <= MOST_LABELS,
                "output_labels",
                "output.labels",
                labels.size() + " labels",
                "2 to " + MOST_LABELS);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i);
            require(
                    !label.isBlank() && label.strip().equals(label),
                    "output_labels",
                    "output.labels[" + i + "]",
                    label,
                    "must be text without space around it");
            require(seen.add(label), "output_labels", "output.labels[" + i + "]", label, "is there already");
        }
    }

    private static void checkPattern(String pattern) {
        require(
                pattern.length() <= LONGEST_PATTERN,
                "output_pattern",
                "output.pattern",
                pattern.length() + " characters",
                "at most " + LONGEST_PATTERN);
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new FaultException(
                    Fault.input(
                            "output_pattern",
                            "output.pattern",
                            pattern,
                            "must be a regular expression in RE2 syntax: " + e.getDescription()),
                    e);
        }
    }

    private static void checkExamples(TemplateSource source) {
        require(
                source.examples().size() <= MOST_EXAMPLES,
                "template_too_large",
                "examples",
                source.examples().size() + " examples",
                "at most " + MOST_EXAMPLES);
        for (int i = 0; i < source.examples().size(); i++) {
            String answer = source.examples().get(i).answer();
            checkText("examples[" + i + "].answer", answer);
            boolean right = source.output() instanceof OutputForm.Label label
                    ? label.labels().contains(answer)
                    : Verdict.of(source.output(), answer).valid();
            require(right, "example_answer", "examples[" + i + "].answer", answer, "must be what the output asks for");
        }
    }

    private void tryOut(TemplateSource source) {
        Map<String, JsonNode> values = new HashMap<>();
        source.variables().forEach((name, variable) -> {
            if (variable.fallback().isEmpty()) {
                values.put(name, sample(variable.type()));
            }
        });
        try {
            renderer.render(source, values);
        } catch (FaultException e) {
            if (LASTING.contains(e.fault().code()) || e.fault().field().startsWith("examples")) {
                throw e;
            }
        }
    }

    private static JsonNode sample(Variable.Type type) {
        return switch (type) {
            case STRING -> TextNode.valueOf("sample");
            case INTEGER -> IntNode.valueOf(1);
            case NUMBER -> DoubleNode.valueOf(1.5);
            case BOOLEAN -> BooleanNode.TRUE;
            case LIST -> JsonNodeFactory.instance.arrayNode().add("sample");
        };
    }

    private static void require(boolean holds, String code, String field, Object value, String remedy) {
        if (!holds) {
            throw new FaultException(Fault.input(code, field, value, remedy));
        }
    }
}
