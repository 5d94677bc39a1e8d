package dev.graft.prompt.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Message;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import dev.graft.contracts.Prompt;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a request's values into a template. Roles come from the template alone: a value is text inside a turn, whatever it says. */
@Singleton
public final class Renderer {
    private static final String BETWEEN_BLOCKS = "\n\n";
    private static final String SAYS_NOTHING = "N/A";

    private final Jinja jinja = new Jinja();

    /** @throws dev.graft.contracts.FaultException where the values are not those that the template declares, or its texts fail on them */
    public Rendered render(TemplateSource source, Map<String, JsonNode> variables) {
        Map<String, Object> values = Values.of(source.variables(), variables, "variables");
        Optional<Prompt> contentFree = needsContentFree(source.output())
                ? Optional.of(prompt(source, sayingNothing(values)))
                : Optional.empty();
        return new Rendered(prompt(source, values), contentFree);
    }

    /**
     * What another call would read: every value is another one. What it has in common with a rendered prompt, from the beginning, is the part
     * that calls share.
     */
    public Prompt renderForAnother(TemplateSource source, Map<String, JsonNode> variables) {
        Map<String, Object> values = Values.of(source.variables(), variables, "variables");
        values.replaceAll((name, value) -> another(value));
        return prompt(source, values);
    }

    private Prompt prompt(TemplateSource source, Map<String, Object> values) {
        return source.chat() ? new Prompt.Chat(turns(source, values)) : new Prompt.Text(text(source, values));
    }

    private List<Message> turns(TemplateSource source, Map<String, Object> values) {
        List<Message> turns = new ArrayList<>(filled(source.openingTurns(), values, 0));
        int opening = turns.size();
        for (int i = 0; i < source.examples().size(); i++) {
            turns.addAll(filled(source.repeatedTurns(), exampleValues(source, i), opening));
            turns.add(new Message("assistant", source.examples().get(i).answer()));
        }
        turns.addAll(filled(source.repeatedTurns(), values, opening));
        return turns;
    }

    private List<Message> filled(List<Message> turns, Map<String, Object> values, int from) {
        List<Message> filled = new ArrayList<>();
        for (Message turn : turns) {
            String field = "messages[" + (from + filled.size()) + "].content";
            filled.add(new Message(turn.role(), jinja.render(turn.content(), values, field)));
        }
        return filled;
    }

    private String text(TemplateSource source, Map<String, Object> values) {
        String prompt = source.prompt().orElseThrow();
        List<String> blocks = new ArrayList<>();
        source.instruction().ifPresent(text -> blocks.add(jinja.render(text, values, "instruction")));
        for (int i = 0; i < source.examples().size(); i++) {
            String solved = jinja.render(prompt, exampleValues(source, i), "prompt");
            blocks.add(solved + source.beforeAnswer() + source.examples().get(i).answer());
        }
        blocks.add(jinja.render(prompt, values, "prompt"));
        return String.join(BETWEEN_BLOCKS, blocks);
    }

    private static Map<String, Object> exampleValues(TemplateSource source, int example) {
        return Values.of(
                source.variables(), source.examples().get(example).variables(), "examples[" + example + "].variables");
    }

    private static boolean needsContentFree(OutputForm output) {
        return output instanceof OutputForm.Label label
                && (label.normalisation().equals(Optional.of(Normalisation.PMI))
                        || label.calibration().equals(Optional.of(Calibration.CONTEXTUAL)));
    }

    private static Map<String, Object> sayingNothing(Map<String, Object> values) {
        Map<String, Object> neutral = new HashMap<>(values);
        neutral.replaceAll((name, value) -> value instanceof String ? SAYS_NOTHING : value);
        return neutral;
    }

    private static Object another(Object value) {
        return switch (value) {
            case String text -> text.startsWith("\u00a4") ? "\u00a5" : "\u00a4";
            case Long number -> number + 1;
            case Double number -> number + 1;
            case Boolean truth -> !truth;
            default -> List.of("\u00a4");
        };
    }
}
