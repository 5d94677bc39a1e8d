package dev.graft.inference.decode;

import java.util.Arrays;

/** The tokens that may be drawn, likeliest first, and the filters that shorten the list. */
final class Candidates {
    private final int[] tokens;
    private final float[] logits;
    private int size;

    private Candidates(int[] tokens, float[] logits) {
        this.tokens = tokens;
        this.logits = logits;
        this.size = tokens.length;
    }

    /** @param topK only so many of the likeliest; 0 for all */
    static Candidates of(float[] row, int topK) {
        int[] tokens = topK > 0 && topK < row.length ? Logits.likeliest(row, topK) : sorted(row);
        float[] logits = new float[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            logits[i] = row[tokens[i]];
        }
        return new Candidates(tokens, logits);
    }

    /** All tokens by falling logit: sorted as one long each, logit above and token below, since boxed comparisons cost milliseconds. */
    private static int[] sorted(float[] row) {
        long[] keys = new long[row.length];
        for (int i = 0; i < row.length; i++) {
            int bits = Float.floatToIntBits(row[i]);
            int ordered = bits ^ ((bits >> 31) & 0x7fffffff);
            keys[i] = ((long) ~ordered << 32) | i;
        }
        Arrays.sort(keys);
        int[] tokens = new int[row.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) keys[i];
        }
        return tokens;
    }

    /** Keeps the likeliest that together have this probability, one at least. */
    void keepTopP(float topP) {
        if (topP >= 1) {
            return;
        }
        double[] p = probabilities(1);
        double sum = 0;
        int kept = 0;
        while (kept < size && sum < topP) {
            sum += p[kept++];
        }
        size = Math.max(1, kept);
    }

    /** Keeps those that have at least this share of the likeliest's probability. */
    void keepMinP(float minP) {
        if (minP <= 0) {
            return;
        }
        float least = logits[0] + (float) Math.log(minP);
        int kept = 1;
        while (kept < size && logits[kept] >= least) {
            kept++;
        }
        size = kept;
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
        double sum = 0;
        for (int i = 0; i < size; i++) {
            p[i] = Math.exp((logits[i] - logits[0]) / temperature);
            sum += p[i];
        }
        for (int i = 0; i < size; i++) {
            p[i] /= sum;
        }
        return p;
    }
}
