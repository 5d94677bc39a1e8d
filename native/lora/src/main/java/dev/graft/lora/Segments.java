package dev.graft.lora;

import java.util.Arrays;
import java.util.List;

/**
 * How the rows of a packed batch belong together: one segment an example, one behind the other. Where there is a prefix that all examples share, it
 * is the first segment, computed once, and each row of the others sees it.
 *
 * @param starts first row of each segment, and behind the last: the number of rows
 * @param prefix rows of the shared prefix; 0 for none
 * @param positions of each row in its text
 */
public record Segments(int[] starts, int prefix, int[] positions) {
    public Segments {
        if (starts.length < 2 || starts[0] != 0 || positions.length != starts[starts.length - 1]) {
            throw new IllegalArgumentException("segments begin at row 0 and end at the last");
        }
        for (int i = 1; i < starts.length; i++) {
            if (starts[i] <= starts[i - 1]) {
                throw new IllegalArgumentException("segment " + (i - 1) + " has no rows");
            }
        }
        if (prefix != 0 && prefix != starts[1]) {
            throw new IllegalArgumentException("the prefix is the first segment, of " + starts[1] + " rows");
        }
    }

    /**
     * The segments of examples of these lengths.
     *
     * @param prefix tokens that all share, not counted in the lengths
     * @param filler rows at the end that are nobody's: a segment of its own, where there are any
     */
    public static Segments of(int prefix, List<Integer> lengths, int filler) {
        Segments examples = of(prefix, lengths);
        if (filler == 0) {
            return examples;
        }
        int[] starts = Arrays.copyOf(examples.starts, examples.starts.length + 1);
        starts[starts.length - 1] = examples.rows() + filler;
        return new Segments(starts, prefix, Arrays.copyOf(examples.positions, examples.rows() + filler));
    }

    /** The segments of examples of these lengths, without filler. */
    public static Segments of(int prefix, List<Integer> lengths) {
        int first = prefix > 0 ? 1 : 0;
        int[] starts = new int[lengths.size() + first + 1];
        if (prefix > 0) {
            starts[1] = prefix;
        }
        for (int i = 0; i < lengths.size(); i++) {
            starts[first + i + 1] = starts[first + i] + lengths.get(i);
        }
        int[] positions = new int[starts[starts.length - 1]];
        for (int segment = 0; segment + 1 < starts.length; segment++) {
            int offset = segment < first ? 0 : prefix;
            for (int row = starts[segment]; row < starts[segment + 1]; row++) {
                positions[row] = offset + row - starts[segment];
            }
        }
        return new Segments(starts, prefix, positions);
    }

    public int count() {
        return starts.length - 1;
    }

    public int rows() {
        return starts[starts.length - 1];
    }
}
