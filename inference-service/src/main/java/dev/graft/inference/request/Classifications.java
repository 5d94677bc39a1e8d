package dev.graft.inference.request;

import dev.graft.contracts.Message;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Classify;
import dev.graft.contracts.Output.Normalisation;
import dev.graft.contracts.Prompt;
import dev.graft.inference.request.Request.Label;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks a classification and tokenizes its labels. */
@Singleton
public class Classifications {
    /** Says nothing, and stands where the input stood (Zhao et al. 2021). */
    static final String CONTENT_FREE = "N/A";

    private final LabelTokens labelTokens;
    private final PromptTokens prompts;
    private final InferenceSettings settings;

    public Classifications(LabelTokens labelTokens, PromptTokens prompts, InferenceSettings settings) {
        this.labelTokens = labelTokens;
        this.prompts = prompts;
        this.settings = settings;
    }

    /**
     * @param field what the sender calls the prompt
     * @param names what the sender calls the fields of {@code asked}
     */
    public Request.Classify of(String id, Terms terms, Prompt prompt, String field, Classify asked, Naming names) {
        checkLabels(asked.labels(), names.of("labels"));
        Normalisation normalisation = asked.normalisation().orElse(Normalisation.SUM);
        Calibration calibration = asked.calibration().orElse(Calibration.NONE);
        var split = labelTokens.split(prompt, field, false, asked.labels());
        checkLengths(split, names.of("labels"));
        Optional<Tokens> contentFree = normalisation == Normalisation.PMI || calibration == Calibration.CONTEXTUAL
                ? Optional.of(contentFree(prompt, asked, names.of("contentFree"), split))
                : Optional.empty();
        return new Request.Classify(id, terms, split.prompt(), split.labels(), normalisation, calibration, contentFree);
    }

    private void checkLabels(List<String> labels, String field) {
        int most = settings.limits().labels();
        if (labels.size() < 2 || labels.size() > most) {
            throw Refusals.refused(
                    "labels_out_of_range", field, labels.size() + " labels", "must be from 2 to " + most + " labels");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < labels.size(); i++) {
            if (labels.get(i).isEmpty()) {
                throw Refusals.invalid(field + "[" + i + "]", "", "must not be empty");
            }
            if (!seen.add(labels.get(i))) {
                throw Refusals.refused("duplicate_label", field + "[" + i + "]", labels.get(i), "stands there twice");
            }
        }
    }

    private void checkLengths(LabelTokens.Split split, String field) {
        int most = settings.limits().labelTokens();
        int sum = split.prompt().length();
        for (int i = 0; i < split.labels().size(); i++) {
            int length = split.labels().get(i).tokens().length();
            sum += length;
            if (length > most) {
                throw Refusals.refused(
                        "label_too_long", field + "[" + i + "]", length + " tokens", "at most " + most + " tokens");
            }
        }
        if (sum > prompts.room()) {
            throw Refusals.refused(
                    "prompt_too_long",
                    field,
                    sum + " tokens with the prompt",
                    "at most " + prompts.room() + ": shorten the prompt, or name fewer labels");
        }
    }

    /** The labels' tokens are those after the real prompt, so the seam must lie at the same place. */
    private Tokens contentFree(Prompt prompt, Classify asked, String field, LabelTokens.Split split) {
        Prompt around = asked.contentFree().orElseGet(() -> withoutContent(prompt));
        if (!around.getClass().equals(prompt.getClass())) {
            throw Refusals.invalid(field, "another form", "must have the form of the prompt: messages, or text");
        }
        var other = labelTokens.split(around, field, false, asked.labels());
        if (!tokens(other).equals(tokens(split))) {
            throw Refusals.invalid(
                    field, "another end", "must end as the prompt does, so that labels have the same tokens after it");
        }
        return other.prompt();
    }

    private static List<Tokens> tokens(LabelTokens.Split split) {
        return split.labels().stream().map(Label::tokens).toList();
    }

    private static Prompt withoutContent(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Text text -> new Prompt.Text(CONTENT_FREE + endOf(text.text()));
            case Prompt.Chat chat -> new Prompt.Chat(withoutInput(chat.messages()));
        };
    }

    /** The whitespace that the text ends in, which decides how labels are tokenized. */
    private static String endOf(String text) {
        return text.substring(text.stripTrailing().length());
    }

    private static List<Message> withoutInput(List<Message> messages) {
        List<Message> without = new ArrayList<>(messages);
        for (int i = without.size() - 1; i >= 0; i--) {
            if (without.get(i).role().equals("user")) {
                without.set(i, new Message("user", CONTENT_FREE));
                return without;
            }
        }
        without.set(without.size() - 1, new Message(messages.getLast().role(), CONTENT_FREE));
        return without;
    }
}
