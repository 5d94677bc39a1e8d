package dev.graft.bench.row;

import java.util.Arrays;
import java.util.List;

/** Order statistics. */
public final class Percentiles {
    /** The middle value; of an even number of values the mean of the middle two. */
    public static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public static double median(double... values) {
        double[] sorted = sorted(values);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * The smallest value that at least this share of the values do not exceed (nearest rank).
     *
     * @param share above 0, up to 1
     */
    public static double percentile(double share, double... values) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share = " + share + ": above 0 and at most 1");
        }
        double[] sorted = sorted(values);
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    private static double[] sorted(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values: nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private Percentiles() {}
}
