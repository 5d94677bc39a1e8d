package dev.graft.training.dataset;

import java.util.ArrayList;
import java.util.List;

/**
 * Which label is likeliest: each validation example with each label in the place of its answer.
 *
 * @param labels all that there are, sorted
 * @param right of each example the index of its label
 * @param candidates example by example, label by label
 */
public record LabelChoices(List<String> labels, List<Integer> right, List<TokenizedExample> candidates) {
    /** With more labels measuring would take longer than training. */
    static final int MOST_LABELS = 16;

    public LabelChoices {
        labels = List.copyOf(labels);
        right = List.copyOf(right);
        candidates = List.copyOf(candidates);
    }

    /** @param examples each with a label that is one of these */
    static LabelChoices of(List<Example> examples, List<String> labels, ModelTokens tokens) throws RowException {
        List<Integer> right = new ArrayList<>();
        List<TokenizedExample> candidates = new ArrayList<>();
        for (Example example : examples) {
            right.add(labels.indexOf(example.completion()));
            for (String label : labels) {
                candidates.add(tokens.answered(example.prompt(), label));
            }
        }
        return new LabelChoices(labels, right, candidates);
    }
}
