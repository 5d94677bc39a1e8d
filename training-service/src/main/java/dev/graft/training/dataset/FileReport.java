package dev.graft.training.dataset;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a file holds.
 *
 * @param examples that can be used
 * @param labels how many examples each has; empty where examples have no labels
 * @param lengths empty where there are no examples
 * @param cutExamples that were too long
 * @param cutTokens that they lost
 * @param findings what is odd, errors first
 */
public record FileReport(
        int examples,
        Map<String, Integer> labels,
        Optional<TokenLengths> lengths,
        int cutExamples,
        long cutTokens,
        List<Finding> findings) {
    public FileReport {
        findings = List.copyOf(findings);
    }
}
