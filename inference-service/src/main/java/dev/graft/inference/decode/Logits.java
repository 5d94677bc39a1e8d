package dev.graft.inference.decode;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Arithmetic on one row of logits. */
final class Logits {
    private static final int BLOCK = 1024;

    /**
     * The likeliest token; of equals the first.
     *
     * @throws IllegalStateException when no logit is a number, which a damaged model brings about
     */
    static int likeliest(float[] logits) {
        float best = Float.NEGATIVE_INFINITY;
        int bestBlock = -1;
        for (int begin = 0; begin < logits.length; begin += BLOCK) {
            float max = max(logits, begin, Math.min(begin + BLOCK, logits.length));
            if (max > best) {
                best = max;
                bestBlock = begin;
            }
        }
        if (bestBlock < 0) {
            throw new IllegalStateException("the model's logits are no numbers: its file is damaged");
        }
        int index = bestBlock;
        while (logits[index] != best) {
            index++;
        }
        return index;
    }

    /** A loop of its own, plain enough for the compiler to vectorise. */
    private static float max(float[] logits, int begin, int end) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = begin; i < end; i++) {
            max = Math.max(max, logits[i]);
        }
        return max;
    }

    /** ln Σ exp(logit): a token's log-probability is its logit less this. */
    static double logSumExp(float[] logits) {
        float max = max(logits, 0, logits.length);
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    /** The {@code count} likeliest tokens, likeliest first. */
    static int[] likeliest(float[] logits, int count) {
        Comparator<Integer> leastLikely = Comparator.comparingDouble(token -> logits[token]);
        PriorityQueue<Integer> best = new PriorityQueue<>(Math.max(1, count), leastLikely);
        for (int token = 0; token < logits.length && count > 0; token++) {
            if (best.size() < count) {
                best.add(token);
            } else if (logits[token] > logits[best.element()]) {
                best.remove();
                best.add(token);
            }
        }
        int[] ascending = best.stream().mapToInt(Integer::intValue).toArray();
        return Arrays.stream(ascending)
                .boxed()
                .sorted(leastLikely.reversed())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private Logits() {}
}
