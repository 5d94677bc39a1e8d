package dev.graft.cli.demo;

import org.apache.commons.statistics.interval.BinomialConfidenceInterval;

/**
 * A share of right answers with its 95 % Wilson score interval (Wilson 1927).
 *
 * @param right answers that were right
 * @param cases of so many
 * @param share right / cases
 * @param low lower end of the interval
 * @param high upper end
 */
public record Accuracy(int right, int cases, double share, double low, double high) {
    private static final double ERROR_RATE = 0.05;

    /** Exact at its ends, where rounding would leave [0, 1]. */
    static Accuracy of(int right, int cases) {
        var raw = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(cases, right, ERROR_RATE);
        return new Accuracy(
                right,
                cases,
                (double) right / cases,
                right == 0 ? 0 : raw.getLowerBound(),
                right == cases ? 1 : raw.getUpperBound());
    }
}
