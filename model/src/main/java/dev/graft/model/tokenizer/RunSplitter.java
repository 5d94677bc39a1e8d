package dev.graft.model.tokenizer;

import java.util.function.IntPredicate;

/**
 * Cuts out runs of one kind of character: the regular expression {@code [kind]{least,most}}, greedily from the left; what lies between
 * stays as it is.
 */
record RunSplitter(IntPredicate kind, int least, int most) implements Splitter {
    static final int ANY = Integer.MAX_VALUE;

    @Override
    public void split(int[] points, int from, int to, Ints ends) {
        int between = from;
        int at = from;
        while (at < to) {
            int run = at;
            while (run < to && run - at < most && kind.test(points[run])) {
                run++;
            }
            if (run - at < least || run == at) {
                at = Math.max(run, at + 1); // too short a run can't begin a longer one later
                continue;
            }
            if (between < at) {
                ends.add(at);
            }
            ends.add(run);
            at = run;
            between = run;
        }
        if (between < to) {
            ends.add(to);
        }
    }
}
