package dev.graft.bench.adapters;

import dev.graft.bench.load.InTurns;
import dev.graft.bench.row.Percentiles;
import java.util.List;

/** A figure, and the one that it is held against. */
record Sides(double graft, double peer) {
    /** Medians of turns of one and the other. */
    static Sides medians(int turns, InTurns.Side<Double> graft, InTurns.Side<Double> peer) throws Exception {
        List<List<Double>> seen = InTurns.run(turns, List.of(graft, peer));
        return new Sides(Percentiles.median(seen.getFirst()), Percentiles.median(seen.getLast()));
    }
}
