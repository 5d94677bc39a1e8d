package dev.graft.cli.demo;

import java.util.HashSet;
import java.util.Set;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * Whether one way answers better than another, over the same cases: only those count that one gets right and the other does not (McNemar 1947). Exact:
 * were both as good, each of these would fall to either side like a coin.
 *
 * @param gained cases that only the second got right
 * @param lost cases that only the first got right
 * @param p the share of such coin throws that are as one-sided as this, or more
 */
public record McNemar(int gained, int lost, double p) {
    private static final double COIN = 0.5;

    /**
     * @param before cases that the first way got right
     * @param after cases that the second did
     */
    static McNemar of(Set<String> before, Set<String> after) {
        int gained = without(after, before);
        int lost = without(before, after);
        double p = gained + lost == 0
                ? 1
                : BinomialTest.withDefaults().test(gained + lost, gained, COIN).getPValue();
        return new McNemar(gained, lost, p);
    }

    private static int without(Set<String> these, Set<String> those) {
        Set<String> left = new HashSet<>(these);
        left.removeAll(those);
        return left.size();
    }
}
