package dev.graft.llama;

/** Arithmetic on copies of rows of logits. */
final class Logits {
    private Logits() {}

    static int likeliest(float[] row) {
        int best = 0;
        for (int token = 1; token < row.length; token++) {
            best = row[token] > row[best] ? token : best;
        }
        return best;
    }

    /** Mean of the differences' sizes. */
    static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }
}
