package dev.graft.training.network;

import dev.graft.lora.Segments;

/**
 * Examples as one run of rows.
 *
 * @param tokens one a row
 * @param segments which rows see which
 * @param learnedRows rows that predict a token with loss, in order
 * @param targets what each of them should predict
 * @param exampleOf index of the example that each of them is of
 */
record PackedBatch(int[] tokens, Segments segments, int[] learnedRows, int[] targets, int[] exampleOf) {
    int rows() {
        return tokens.length;
    }
}
