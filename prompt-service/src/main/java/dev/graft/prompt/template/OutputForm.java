package dev.graft.prompt.template;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.contracts.Sampling;
import java.util.List;
import java.util.Optional;

/** What a template's answer must be. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = OutputForm.Text.class, name = "text"),
    @JsonSubTypes.Type(value = OutputForm.Label.class, name = "label"),
    @JsonSubTypes.Type(value = OutputForm.Matching.class, name = "pattern")
})
public sealed interface OutputForm {
    /**
     * Any text; always valid.
     *
     * @param sampling how tokens are drawn; what is absent is left to the inference service
     */
    record Text(Optional<Sampling> sampling) implements OutputForm {}

    /**
     * One of some labels. Scored, every label's likelihood is computed and the answer is always one of them; generated, the model writes freely and
     * its text counts as a label where it equals one, apart from case and from space and punctuation around it.
     *
     * @param labels the allowed answers, at least two
     * @param mode how the label is found unless a run says otherwise; scored where absent
     * @param normalisation scored: what makes labels of different lengths comparable; their sum where absent
     * @param calibration scored: what takes out the model's bias towards labels; nothing where absent
     * @param sampling generated: how tokens are drawn; greedily, 16 tokens at most, up to the end of the line, where absent
     */
    record Label(
            List<String> labels,
            Optional<LabelMode> mode,
            Optional<Normalisation> normalisation,
            Optional<Calibration> calibration,
            Optional<Sampling> sampling)
            implements OutputForm {
        public Label {
            labels = List.copyOf(labels);
        }
    }

    /**
     * Text that a regular expression must match as a whole, space around it apart; what does not match comes back as not valid.
     *
     * @param pattern RE2 syntax: matched in time linear in the text, so that no text can make it run away; no back references, no look-around
     * @param sampling how tokens are drawn; what is absent is left to the inference service
     */
    record Matching(String pattern, Optional<Sampling> sampling) implements OutputForm {}
}
