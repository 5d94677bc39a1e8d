package dev.graft.training.network;

import dev.graft.lora.Segments;
import java.util.Arrays;

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

    /** The learned rows, filled up with row 0 as {@link Packing#whole} says: what is computed above the last layer's attention. */
    int[] rowsOfHead() {
        return Arrays.copyOf(learnedRows, Packing.whole(learnedRows.length));
    }
}
