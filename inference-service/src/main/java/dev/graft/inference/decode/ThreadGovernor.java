package dev.graft.inference.decode;

import java.util.Arrays;

/**
 * How many threads a step computes with. ggml's threads spin at barriers: when another process takes one of their cores, all others wait for the one
 * that is not running, and a step takes up to a hundred times as long. Then fewer threads are faster. The governor keeps the cost of a step for each
 * number of threads, uses the cheapest, and looks again at the others, less and less often while it is wrong.
 *
 * <p>Cost is time per unit of work, a step of n tokens being {@code 4 + n} units: about what a step of a small batch costs beside its tokens.
 */
final class ThreadGovernor {
    private static final double SMOOTHING = 0.25;
    /** One slow step is an accident: it counts as this many times the usual at the most. */
    private static final double WORST_SURPRISE = 3;

    private static final int PROBE_STEPS = 3;
    private static final long FIRST_PROBE_NANOS = 500_000_000L;
    private static final long LAST_PROBE_NANOS = 30_000_000_000L;

    private final int[] levels;
    private final double[] costs;
    private int current;
    private int probing = -1;
    private int probeSteps;
    private double probeBest;
    private long probeDelayNanos = FIRST_PROBE_NANOS;
    private long nextProbeNanos;

    /** @param threads the most that may be used */
    ThreadGovernor(int threads) {
        levels = levels(threads);
        costs = new double[levels.length];
        Arrays.fill(costs, Double.NaN);
    }

    /** All threads, half of them, a quarter, and so on to one. */
    private static int[] levels(int threads) {
        int[] all = new int[32];
        int count = 0;
        for (int n = threads; n > 1; n = (n + 1) / 2) {
            all[count++] = n;
        }
        all[count++] = 1;
        return Arrays.copyOf(all, count);
    }

    /** Threads for the next step. */
    int threads() {
        return levels[probing >= 0 ? probing : current];
    }

    /** The step took this long. */
    void measured(int tokens, long nanos, long nowNanos) {
        double cost = nanos / (4.0 + tokens);
        if (probing >= 0) {
            probed(cost, nowNanos);
        } else {
            double known = costs[current];
            costs[current] =
                    Double.isNaN(known) ? cost : known + SMOOTHING * (Math.min(cost, known * WORST_SURPRISE) - known);
            if (cheapest() != current) {
                current = cheapest();
                probeLater(nowNanos, FIRST_PROBE_NANOS);
            } else if (nowNanos - nextProbeNanos > 0) {
                beginProbe(nowNanos);
            }
        }
    }

    /** Looks at the next level up where fewer than all threads run, else at the next one down. */
    private void beginProbe(long nowNanos) {
        if (levels.length == 1) {
            probeLater(nowNanos, LAST_PROBE_NANOS);
            return;
        }
        int unknown = firstUnknown();
        probing = unknown >= 0 ? unknown : current > 0 ? current - 1 : current + 1;
        probeSteps = 0;
        probeBest = Double.POSITIVE_INFINITY;
    }

    private int firstUnknown() {
        for (int i = 0; i < costs.length; i++) {
            if (Double.isNaN(costs[i])) {
                return i;
            }
        }
        return -1;
    }

    private void probed(double cost, long nowNanos) {
        probeBest = Math.min(probeBest, cost);
        boolean hopeless = !Double.isNaN(costs[current]) && cost > WORST_SURPRISE * costs[current];
        if (++probeSteps < PROBE_STEPS && !hopeless) {
            return;
        }
        costs[probing] = probeBest;
        probing = -1;
        int best = cheapest();
        boolean found = best != current;
        current = best;
        probeLater(nowNanos, found ? FIRST_PROBE_NANOS : Math.min(2 * probeDelayNanos, LAST_PROBE_NANOS));
    }

    private void probeLater(long nowNanos, long delayNanos) {
        probeDelayNanos = delayNanos;
        nextProbeNanos = nowNanos + delayNanos;
    }

    private int cheapest() {
        int best = current;
        for (int i = 0; i < costs.length; i++) {
            if (!Double.isNaN(costs[i]) && (Double.isNaN(costs[best]) || costs[i] < costs[best])) {
                best = i;
            }
        }
        return best;
    }
}
