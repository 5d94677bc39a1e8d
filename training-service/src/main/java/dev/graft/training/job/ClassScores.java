package dev.graft.training.job;

import dev.graft.training.dataset.LabelChoices;

/**
 * How well the likeliest label is the right one.
 *
 * @param accuracy share of the examples
 * @param macroF1 mean over the labels of F1 = 2 TP / (2 TP + FP + FN); labels that neither occur nor are chosen count for nothing
 */
record ClassScores(double accuracy, double macroF1) {
    /** @param logLikelihoods of the candidates, in their order */
    static ClassScores of(LabelChoices choices, double[] logLikelihoods) {
        int labels = choices.labels().size();
        int[] rightOnes = new int[labels];
        int[] wronglyChosen = new int[labels];
        int[] missed = new int[labels];
        int right = 0;
        for (int i = 0; i < choices.right().size(); i++) {
            int chosen = likeliest(logLikelihoods, i * labels, labels);
            int meant = choices.right().get(i);
            if (chosen == meant) {
                right++;
                rightOnes[meant]++;
            } else {
                wronglyChosen[chosen]++;
                missed[meant]++;
            }
        }
        double sum = 0;
        int occurring = 0;
        for (int label = 0; label < labels; label++) {
            int weight = 2 * rightOnes[label] + wronglyChosen[label] + missed[label];
            if (weight > 0) {
                occurring++;
                sum += 2.0 * rightOnes[label] / weight;
            }
        }
        return new ClassScores((double) right / choices.right().size(), sum / occurring);
    }

    private static int likeliest(double[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
