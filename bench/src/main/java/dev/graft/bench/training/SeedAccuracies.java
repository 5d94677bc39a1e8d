package dev.graft.bench.training;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Accuracies after the same training from several seeds, Graft's and the peer's.
 *
 * @param graft one a seed
 * @param peer one a seed, of the same seeds
 */
record SeedAccuracies(double[] graft, double[] peer) {
    private static final double CONFIDENCE = 0.95;

    double graftMean() {
        return Mean.of(graft).getAsDouble();
    }

    double peerMean() {
        return Mean.of(peer).getAsDouble();
    }

    /**
     * Half the width of the 95 % interval of the two means' difference (Student's t with the two variances pooled), as a share of the peer's mean.
     */
    double chance() {
        int seeds = graft.length;
        double pooled = (Variance.of(graft).getAsDouble() + Variance.of(peer).getAsDouble()) / 2;
        double t = TDistribution.of(2.0 * (seeds - 1)).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        return t * Math.sqrt(2 * pooled / seeds) / peerMean();
    }
}
