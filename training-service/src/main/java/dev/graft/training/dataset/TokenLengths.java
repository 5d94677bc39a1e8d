package dev.graft.training.dataset;

import java.util.List;

/**
 * How long examples are, in tokens.
 *
 * @param total of all
 * @param learned of all, those that carry the loss
 */
public record TokenLengths(int shortest, int median, int p95, int longest, long total, long learned) {
    /** @param examples at least one */
    static TokenLengths of(List<TokenizedExample> examples) {
        int[] sorted =
                examples.stream().mapToInt(e -> e.tokens().length).sorted().toArray();
        int last = sorted.length - 1;
        long total = 0;
        for (int length : sorted) {
            total += length;
        }
        return new TokenLengths(
                sorted[0],
                sorted[last / 2],
                sorted[(int) Math.round(0.95 * last)],
                sorted[last],
                total,
                examples.stream().mapToLong(TokenizedExample::learned).sum());
    }
}
