package dev.graft.inference.decode;

import java.util.Arrays;

/** The tokens that may be drawn, and the filters that shorten the list. */
final class Candidates {
    /** Tokens less likely than e^-25 of the likeliest are left out: all of a vocabulary's together are one draw in a million. */
    private static final float REACH = 25;

    private int[] tokens;
    private float[] logits;
    private int size;

    private Candidates(float[] row, int[] tokens) {
        this.tokens = tokens;
        this.size = tokens.length;
        this.logits = logitsOf(row, tokens);
    }

    /**
     * @param topK only so many of the likeliest; 0 for all
     * @param temperature of the draw to come: the higher it is, the farther the unlikely ones are within reach
     */
    static Candidates of(float[] row, int topK, float temperature) {
        boolean few = topK > 0 && topK < row.length;
        return new Candidates(row, few ? Logits.likeliest(row, topK) : withinReach(row, Math.max(1, temperature)));
    }

    private static int[] withinReach(float[] row, float temperature) {
        float least = row[Logits.likeliest(row)] - REACH * temperature;
        int[] found = new int[row.length];
        int count = 0;
        for (int token = 0; token < row.length; token++) {
            found[count] = token;
            count += row[token] >= least ? 1 : 0;
        }
        return Arrays.copyOf(found, count);
    }

    private static float[] logitsOf(float[] row, int[] tokens) {
        float[] logits = new float[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            logits[i] = row[tokens[i]];
        }
        return logits;
    }

    /** Keeps the likeliest that together have this probability, one at least. */
    void keepTopP(float topP) {
        if (topP >= 1) {
            return;
        }
        sort();
        double[] p = probabilities(1);
        double sum = 0;
        int kept = 0;
        while (kept < size && sum < topP) {
            sum += p[kept++];
        }
        size = Math.max(1, kept);
    }

    /** Likeliest first. As one long each, since boxed comparisons cost milliseconds. */
    private void sort() {
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            keys[i] = Logits.key(logits[i], i);
        }
        Arrays.sort(keys);
        int[] order = Arrays.stream(keys).mapToInt(Logits::token).toArray();
        int[] unsorted = tokens;
        tokens = Arrays.stream(order).map(i -> unsorted[i]).toArray();
        logits = logitsOf(logits, order);
    }

    /** Keeps those that have at least this share of the likeliest's probability. */
    void keepMinP(float minP) {
        if (minP <= 0) {
            return;
        }
        float least = highest() + (float) Math.log(minP);
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (logits[i] >= least) {
                tokens[kept] = tokens[i];
                logits[kept++] = logits[i];
            }
        }
        size = kept;
    }

    private float highest() {
        float highest = logits[0];
        for (int i = 1; i < size; i++) {
            highest = Math.max(highest, logits[i]);
        }
        return highest;
    }

    /** @param uniform from 0 to below 1 */
    int draw(float temperature, double uniform) {
        double[] p = probabilities(temperature);
        double left = uniform;
        for (int i = 0; i < size - 1; i++) {
            left -= p[i];
            if (left < 0) {
                return tokens[i];
            }
        }
        return tokens[size - 1];
    }

    private double[] probabilities(float temperature) {
        double[] p = new double[size];
        float highest = highest();
        double sum = 0;
        for (int i = 0; i < size; i++) {
            p[i] = Math.exp((logits[i] - highest) / temperature);
            sum += p[i];
        }
        for (int i = 0; i < size; i++) {
            p[i] /= sum;
        }
        return p;
    }
}
