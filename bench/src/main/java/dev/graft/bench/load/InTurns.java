package dev.graft.bench.load;

import java.util.ArrayList;
import java.util.List;

/** Sides in turns (A B, then B A, …), so that a machine that slows down slows all. */
public final class InTurns {
    /** What is measured once a turn. */
    @FunctionalInterface
    public interface Side<F> {
        /** @param turn from 0; -1: the warm-up, which is not counted */
        F turn(int turn) throws Exception;
    }

    /** For each side, in their order, what its turns gave. */
    public static <F> List<List<F>> run(int turns, List<Side<F>> sides) throws Exception {
        List<List<F>> seen = new ArrayList<>();
        for (Side<F> side : sides) {
            side.turn(-1);
            seen.add(new ArrayList<>());
        }
        for (int turn = 0; turn < turns; turn++) {
            for (int i = 0; i < sides.size(); i++) {
                int who = turn % 2 == 0 ? i : sides.size() - 1 - i;
                seen.get(who).add(sides.get(who).turn(turn));
            }
        }
        return seen;
    }

    private InTurns() {}
}
