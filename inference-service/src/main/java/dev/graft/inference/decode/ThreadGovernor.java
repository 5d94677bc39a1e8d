package dev.graft.inference.decode;

import java.util.Arrays;

/**
 * How many threads a step computes with. ggml's threads spin at barriers: when another process takes one of their cores, all others wait for the one
 * that is not running, and a step takes many times as long. Then fewer threads are faster.
 *
 * <p>The governor compares by trial: for a few steps it takes turns between the number in use and the next lower or higher one, and keeps the better.
 * Only steps of about the same size are compared. A trial begins when steps take much longer than they used to, and now and then: less often
 * the longer nothing was found. Where a step took very much longer, one such step is enough.
 */
final class ThreadGovernor {
    /** Turns of each number in a trial. */
    private static final int TURNS = 3;
    /** A change must save this share of the time: the quieter choice is to stay. */
    private static final double WORTHWHILE = 0.9;
    /** So much longer than usual is a surprise, so many surprises in a row are a reason for a trial. */
    private static final double SURPRISE = 1.6;

    private static final int SURPRISES = 4;
    /** So much longer than usual, and than the other number in a trial, leaves no doubt. */
    private static final double DISASTER = 8;

    private static final double SMOOTHING = 0.1;
    private static final long FIRST_DELAY_NANOS = 500_000_000L;
    private static final long LAST_DELAY_NANOS = 30_000_000_000L;
    private static final int SIZE_CLASSES = 32;

    private final int[] levels;
    private final double[] usualNanos = new double[SIZE_CLASSES];
    private int current;
    private int surprises;
    private long delayNanos = FIRST_DELAY_NANOS;
    private long nextTrialNanos = Long.MIN_VALUE;
    private boolean lookUp;

    private boolean trying;
    private int other;
    private int trialClass;
    private int steps;
    private double currentNanos;
    private double otherNanos;

    /** @param threads the most that may be used */
    ThreadGovernor(int threads) {
        levels = levels(threads);
        forgetUsual();
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
        return levels[trying && steps % 2 == 1 ? other : current];
    }

    /** The step took this long. */
    void measured(int tokens, long nanos, long nowNanos) {
        if (nextTrialNanos == Long.MIN_VALUE) {
            nextTrialNanos = nowNanos + delayNanos;
        }
        int sizeClass = 32 - Integer.numberOfLeadingZeros(tokens);
        if (trying) {
            tried(sizeClass, nanos, nowNanos);
        } else {
            watch(sizeClass, nanos, nowNanos);
        }
    }

    private void watch(int sizeClass, long nanos, long nowNanos) {
        double usual = usualNanos[sizeClass];
        boolean surprise = nanos > SURPRISE * usual;
        surprises = nanos > DISASTER * usual ? SURPRISES : surprise ? surprises + 1 : 0;
        usualNanos[sizeClass] = Double.isNaN(usual) ? nanos : usual + SMOOTHING * (nanos - usual);
        boolean due = nowNanos - nextTrialNanos >= 0;
        boolean alarmed = surprises >= SURPRISES && nowNanos - nextTrialNanos >= FIRST_DELAY_NANOS - delayNanos;
        if ((due || alarmed) && levels.length > 1) {
            beginTrial(sizeClass, alarmed);
        }
    }

    /** Alarmed, it looks for fewer threads; else in turns up and down, where there is both. */
    private void beginTrial(int sizeClass, boolean alarmed) {
        boolean up = current == levels.length - 1 || (current > 0 && lookUp && !alarmed);
        lookUp = !lookUp;
        other = up ? current - 1 : current + 1;
        trying = true;
        trialClass = sizeClass;
        steps = 0;
        currentNanos = 0;
        otherNanos = 0;
    }

    private void tried(int sizeClass, long nanos, long nowNanos) {
        if (sizeClass != trialClass) {
            trying = false;
            nextTrialNanos = nowNanos + FIRST_DELAY_NANOS;
            return;
        }
        if (steps % 2 == 1) {
            otherNanos += nanos;
        } else {
            currentNanos += nanos;
        }
        boolean bothTried = ++steps % 2 == 0;
        if (steps == 2 * TURNS || (bothTried && leavesNoDoubt())) {
            decide(nowNanos);
        }
    }

    private boolean leavesNoDoubt() {
        return currentNanos > DISASTER * otherNanos || otherNanos > DISASTER * currentNanos;
    }

    private void decide(long nowNanos) {
        trying = false;
        surprises = 0;
        boolean better = otherNanos < WORTHWHILE * currentNanos;
        if (better) {
            current = other;
            forgetUsual();
        }
        delayNanos = better ? FIRST_DELAY_NANOS : Math.min(2 * delayNanos, LAST_DELAY_NANOS);
        nextTrialNanos = nowNanos + delayNanos;
    }

    private void forgetUsual() {
        Arrays.fill(usualNanos, Double.NaN);
    }
}
