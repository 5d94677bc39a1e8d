package dev.graft.bench.serving;

import dev.graft.bench.load.Words;
import dev.graft.bench.row.Goal;
import java.util.List;
import java.util.Map;

/** A load whose figures both servers are compared by. */
interface Scenario {
    /** The rows that it gives, in their table's order. */
    List<Goal> goals();

    /**
     * One turn of one server.
     *
     * @param words the same for both servers in the same turn, others in each turn
     * @return a figure for each of {@link #goals()}
     */
    Map<Goal, Double> turn(Contender server, Words words) throws Exception;
}
