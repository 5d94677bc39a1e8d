package dev.graft.training.job;

import java.util.ArrayDeque;
import java.util.Deque;

/** How fast steps are, over the last of them. */
final class Pacing {
    private static final int WINDOW = 20;

    private final Deque<Mark> marks = new ArrayDeque<>();

    private record Mark(long nanos, long tokens, int step) {}

    /** @param nanos of a clock that only goes forward */
    Pacing(long nanos, int step, long tokens) {
        marks.add(new Mark(nanos, tokens, step));
    }

    /** After one more step. */
    void mark(long nanos, int step, long tokens) {
        marks.addLast(new Mark(nanos, tokens, step));
        if (marks.size() > WINDOW) {
            marks.removeFirst();
        }
    }

    double tokensPerSecond() {
        return (marks.getLast().tokens - marks.getFirst().tokens) / seconds();
    }

    /** Until this step is done. */
    double secondsUntil(int step) {
        int done = marks.getLast().step - marks.getFirst().step;
        return done == 0 ? 0 : seconds() / done * Math.max(0, step - marks.getLast().step);
    }

    private double seconds() {
        return Math.max(1e-9, (marks.getLast().nanos - marks.getFirst().nanos) / 1e9);
    }
}
