package dev.graft.inference.answer;

import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * From the log-likelihoods of labels to their probabilities: pure functions, in natural logarithms.
 *
 * <p>With s(l) a label's normalised score: p(l) = exp s(l) / Σ exp s. Contextual calibration (Zhao et al. 2021, "Calibrate Before Use", W =
 * diag(p_cf)⁻¹, b = 0) divides p by what a content-free input gets and normalises again; batch calibration (Zhou et al. 2023) divides by the mean
 * over the inputs of the batch.
 */
public final class LabelProbabilities {
    /**
     * Probabilities of one input's labels, in their order; they add up to 1. {@code BATCH} needs more than one input and changes nothing here:
     * see {@link #calibratedByMean}.
     *
     * @param sumLogLikelihood per label: the sum over its tokens of ln p
     * @param tokenCounts per label: how many tokens it has, at least 1
     * @param contentFreeLogLikelihoods as {@code sumLogLikelihood}, after the content-free prompt
     * @throws IllegalArgumentException where PMI or contextual calibration is asked for without content-free log-likelihoods
     */
    public static double[] of(
            double[] sumLogLikelihood,
            int[] tokenCounts,
            Optional<double[]> contentFreeLogLikelihoods,
            Normalisation normalisation,
            Calibration calibration) {
        double[] scores = normalised(sumLogLikelihood, tokenCounts, contentFreeLogLikelihoods, normalisation);
        if (calibration != Calibration.CONTEXTUAL) {
            return softmax(scores);
        }
        double[] prior = contentFree(contentFreeLogLikelihoods, "contextual calibration");
        double[] priorScores = normalised(prior, tokenCounts, contentFreeLogLikelihoods, normalisation);
        return softmax(difference(scores, priorScores));
    }

    /**
     * Batch calibration over the inputs of one call: each input's probabilities divided by the mean over all inputs, normalised again.
     *
     * @param inputs per input the probabilities of the same labels in the same order
     */
    public static List<double[]> calibratedByMean(List<double[]> inputs) {
        double[] mean = mean(inputs);
        return inputs.stream().map(p -> dividedBy(p, mean)).toList();
    }

    /** The same labels with other probabilities. */
    public static List<LabelProbability> with(List<LabelProbability> labels, double[] probabilities) {
        return IntStream.range(0, labels.size())
                .mapToObj(i -> new LabelProbability(
                        labels.get(i).label(), probabilities[i], labels.get(i).logLikelihood()))
                .toList();
    }

    /** {@code probabilities} divided by {@code prior}, label by label, normalised to add up to 1. */
    static double[] dividedBy(double[] probabilities, double[] prior) {
        double[] ratio = new double[probabilities.length];
        double sum = 0;
        for (int i = 0; i < ratio.length; i++) {
            ratio[i] = prior[i] > 0 ? probabilities[i] / prior[i] : 0;
            sum += ratio[i];
        }
        for (int i = 0; i < ratio.length; i++) {
            ratio[i] /= sum;
        }
        return ratio;
    }

    private static double[] normalised(
            double[] sums, int[] counts, Optional<double[]> contentFree, Normalisation normalisation) {
        return switch (normalisation) {
            case SUM -> sums;
            case MEAN -> perToken(sums, counts);
            case PMI -> difference(sums, contentFree(contentFree, "normalisation by the labels' own priors (PMI)"));
        };
    }

    private static double[] contentFree(Optional<double[]> logLikelihoods, String what) {
        return logLikelihoods.orElseThrow(() ->
                new IllegalArgumentException(what + " needs the labels' log-likelihoods after a content-free prompt"));
    }

    private static double[] perToken(double[] sums, int[] counts) {
        double[] means = new double[sums.length];
        Arrays.setAll(means, i -> sums[i] / counts[i]);
        return means;
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static double[] mean(List<double[]> inputs) {
        double[] mean = new double[inputs.getFirst().length];
        for (double[] input : inputs) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += input[i] / inputs.size();
            }
        }
        return mean;
    }

    /** Shifted by the largest score, so that nothing overflows. */
    private static double[] softmax(double[] scores) {
        double largest = Arrays.stream(scores).max().orElse(0);
        double[] p = Arrays.stream(scores).map(s -> Math.exp(s - largest)).toArray();
        double sum = Arrays.stream(p).sum();
        Arrays.setAll(p, i -> p[i] / sum);
        return p;
    }

    private LabelProbabilities() {}
}
