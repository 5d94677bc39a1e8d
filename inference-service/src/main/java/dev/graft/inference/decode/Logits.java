package dev.graft.inference.decode;

import dev.graft.llama.LogitRow;
import java.util.Arrays;

/** Searches in one row of logits that is in the JVM already. */
final class Logits {
    /**
     * The likeliest token; of equals the first.
     *
     * @throws IllegalStateException when no logit is a number, which a damaged model or adapter brings about
     */
    static int likeliest(float[] logits) {
        int best = -1;
        for (int token = 0; token < logits.length; token++) {
            if (logits[token] > (best < 0 ? Float.NEGATIVE_INFINITY : logits[best])) {
                best = token;
            }
        }
        if (best < 0) {
            throw new IllegalStateException(
                    "the model's logits are no numbers: its file, or its adapter's, is damaged");
        }
        return best;
    }

    /** The {@code count} likeliest tokens of a row that stays where it is, likeliest first. */
    static int[] likeliest(LogitRow row, int count) {
        if (count == 0) {
            return new int[0];
        }
        float[] copy = new float[row.length()];
        row.copyTo(copy);
        return likeliest(copy, count);
    }

    /** The {@code count} likeliest tokens, likeliest first. */
    static int[] likeliest(float[] logits, int count) {
        long[] best = new long[Math.min(count, logits.length)];
        int size = 0;
        for (int token = 0; token < logits.length && best.length > 0; token++) {
            if (size < best.length) {
                best[size++] = key(logits[token], token);
                if (size == best.length) {
                    Arrays.sort(best);
                }
            } else if (logits[token] > logits[token(best[size - 1])]) {
                insert(best, key(logits[token], token));
            }
        }
        return Arrays.stream(best).mapToInt(Logits::token).toArray();
    }

    /** Takes the place of the least likely, in order. */
    private static void insert(long[] best, long key) {
        int at = -1 - Arrays.binarySearch(best, key);
        System.arraycopy(best, at, best, at + 1, best.length - 1 - at);
        best[at] = key;
    }

    /** Ascending keys are falling logits, and of equals rising tokens: the logit's bits, so turned that they compare as it does, above the token. */
    static long key(float logit, int token) {
        int bits = Float.floatToIntBits(logit);
        int ordered = bits ^ ((bits >> 31) & 0x7fffffff);
        return ((long) ~ordered << 32) | token;
    }

    static int token(long key) {
        return (int) key;
    }

    private Logits() {}
}
