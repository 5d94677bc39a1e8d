package dev.graft.model.tokenizer;

import java.util.function.IntPredicate;

/** Ends of runs of characters. */
final class Runs {
    private Runs() {}

    static int end(int[] points, int from, int to, IntPredicate kind) {
        int at = from;
        while (at < to && kind.test(points[at])) {
            at++;
        }
        return at;
    }

    /** {@code \s+(?!\S)|\s+}: all the space there is, less the last one where a word follows, which takes it as its beginning. */
    static int spaceEnd(int[] points, int from, int to) {
        int end = end(points, from, to, CodePoints::isSpace);
        return end - from > 1 && end < to ? end - 1 : Math.max(end, from + 1);
    }
}
