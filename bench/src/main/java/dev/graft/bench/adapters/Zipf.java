package dev.graft.bench.adapters;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Numbers below {@code count}, each {@code n} as often as {@code 1 / (n + 1)} says: a few often, most seldom. */
final class Zipf {
    private final double[] upTo;
    private final SplittableRandom random;

    Zipf(int count, long seed) {
        upTo = new double[count];
        random = new SplittableRandom(seed);
        double sum = 0;
        for (int n = 0; n < count; n++) {
            sum += 1.0 / (n + 1);
            upTo[n] = sum;
        }
    }

    int draw() {
        int at = Arrays.binarySearch(upTo, random.nextDouble(upTo[upTo.length - 1]));
        return at >= 0 ? at + 1 : -at - 1;
    }
}
