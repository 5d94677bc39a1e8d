package dev.graft.cli.demo;

import dev.graft.contracts.PromptRequest.LabelMode;

/**
 * How one template did.
 *
 * @param template its name and version
 * @param mode how its label was found
 * @param accuracy over all cases; an answer that is none of the labels, and a call that failed, is a wrong one
 * @param noneOfTheLabels answers that were none of the labels
 * @param failed calls that had no answer
 * @param promptTokens mean tokens of the prompt
 * @param cachedTokens of these, the mean of those that were not computed again
 * @param p50Ms median latency from event sent to event received, in milliseconds
 * @param p95Ms of 100 calls 95 took no longer
 * @param callsPerSecond over the whole run
 */
public record DemoRow(
        String template,
        LabelMode mode,
        Accuracy accuracy,
        int noneOfTheLabels,
        int failed,
        double promptTokens,
        double cachedTokens,
        double p50Ms,
        double p95Ms,
        double callsPerSecond) {

    /** As people read it. */
    static String word(LabelMode mode) {
        return switch (mode) {
            case SCORE -> "scored";
            case GENERATE -> "written";
        };
    }

    /** The smallest value that a share {@code q} of all do not exceed. */
    static double quantile(double[] sorted, double q) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        return sorted[(int) Math.max(0, Math.ceil(q * sorted.length) - 1)];
    }
}
