package dev.graft.training.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Data that can be trained on.
 *
 * @param training examples to learn, in the order of the file
 * @param validation examples to measure on; empty: none
 * @param choices the validation examples with each label, where they have labels and not too many
 */
public record Dataset(
        List<TokenizedExample> training, List<TokenizedExample> validation, Optional<LabelChoices> choices) {
    public Dataset {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
    }

    /** All that is measured on. */
    public List<TokenizedExample> scored() {
        List<TokenizedExample> scored = new ArrayList<>(validation);
        choices.ifPresent(labels -> scored.addAll(labels.candidates()));
        return scored;
    }
}
