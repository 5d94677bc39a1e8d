package dev.graft.prompt.template;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.graft.contracts.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A template as people write it, in YAML or JSON. Either {@code messages} (chat form) or {@code prompt} (plain completion) is given; every text in
 * them is Jinja over the declared variables.
 *
 * @param name lower-case letters, digits, {@code . _ -}, at most 100 characters
 * @param description for people
 * @param model name of the model or adapter that runs it; absent: the model that is loaded
 * @param messages chat form: the turns, {@code system} turns first; the rest is repeated for each example, followed by its answer as {@code assistant}
 * @param instruction completion form: the text before the examples, written once
 * @param prompt completion form: the text that the model continues; repeated for each example, followed by its answer
 * @param answerPrefix completion form: what stands between the prompt and an answer, in examples and before a label that is scored; a space where
 *     absent, for a tokenizer takes a word's leading space into its token
 * @param variables each variable that the texts use
 * @param examples solved cases, rendered through the same turns as the input
 * @param output what the answer must be
 */
@JsonPropertyOrder({
    "name",
    "description",
    "model",
    "messages",
    "instruction",
    "prompt",
    "answerPrefix",
    "variables",
    "examples",
    "output"
})
public record TemplateSource(
        String name,
        @JsonSetter(nulls = Nulls.AS_EMPTY) String description,
        Optional<String> model,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Message> messages,
        Optional<String> instruction,
        Optional<String> prompt,
        Optional<String> answerPrefix,
        @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, Variable> variables,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Example> examples,
        OutputForm output) {
    private static final String A_SPACE = " ";

    public TemplateSource {
        messages = List.copyOf(messages);
        variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        examples = List.copyOf(examples);
    }

    /** Whether it is in chat form. */
    public boolean chat() {
        return prompt.isEmpty();
    }

    /** What stands before an answer: nothing in chat form, where the model's own chat template sets the answer apart. */
    public String beforeAnswer() {
        return chat() ? "" : answerPrefix.orElse(A_SPACE);
    }

    /** The turns that are written once, before the examples. */
    public List<Message> openingTurns() {
        return messages.stream().takeWhile(turn -> turn.role().equals("system")).toList();
    }

    /** The turns that are written for each example and for the input. */
    public List<Message> repeatedTurns() {
        return messages.stream().dropWhile(turn -> turn.role().equals("system")).toList();
    }
}
