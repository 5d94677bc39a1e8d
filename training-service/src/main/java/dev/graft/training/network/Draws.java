package dev.graft.training.network;

/** Random numbers that follow from a seed alone, the same on every machine: SplitMix64 (Steele, Lea and Flood 2014). */
final class Draws {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    Draws(long seed, long stream) {
        state = mixed(seed + GOLDEN_GAMMA) ^ mixed(stream * GOLDEN_GAMMA + 1);
    }

    /** Between 0, inclusive, and 1, exclusive. */
    double unit() {
        state += GOLDEN_GAMMA;
        return (mixed(state) >>> 11) * UNIT;
    }

    /** From 0 to below the bound. */
    int below(int bound) {
        return (int) (unit() * bound);
    }

    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
