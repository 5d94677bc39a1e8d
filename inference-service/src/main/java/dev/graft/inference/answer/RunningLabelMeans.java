package dev.graft.inference.answer;

import dev.graft.inference.adapter.ScaledAdapter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Batch calibration where inputs come one by one: the mean of each label's probability over the requests seen so far, kept per list of labels.
 *
 * <p>The mean starts as if {@value #PSEUDO_INPUTS} inputs with equal probabilities had been seen, so that the first answers are nearly
 * uncalibrated instead of uniform, and forgets: an input weighs at least 1/{@value #WINDOW}. It is this process's own and starts anew with it.
 */
public final class RunningLabelMeans {
    static final int PSEUDO_INPUTS = 8;
    static final int WINDOW = 512;
    private static final int MOST_LABEL_LISTS = 1024;

    private final Map<Task, Mean> means = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Task, Mean> eldest) {
            return size() > MOST_LABEL_LISTS;
        }
    };

    /** Other weights have other leanings. */
    private record Task(Optional<ScaledAdapter> weights, List<String> labels) {}

    /** Counts this input in and returns its calibrated probabilities. */
    public synchronized double[] calibrate(
            Optional<ScaledAdapter> weights, List<String> labels, double[] probabilities) {
        Mean mean = means.computeIfAbsent(new Task(weights, labels), task -> new Mean(task.labels.size()));
        mean.count(probabilities);
        return LabelProbabilities.dividedBy(probabilities, mean.values);
    }

    private static final class Mean {
        private final double[] values;
        private int inputs = PSEUDO_INPUTS;

        Mean(int labels) {
            values = new double[labels];
            Arrays.fill(values, 1.0 / labels);
        }

        void count(double[] probabilities) {
            inputs = Math.min(inputs + 1, WINDOW);
            for (int i = 0; i < values.length; i++) {
                values[i] += (probabilities[i] - values[i]) / inputs;
            }
        }
    }
}
