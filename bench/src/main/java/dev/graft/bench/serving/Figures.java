package dev.graft.bench.serving;

import dev.graft.bench.row.Goal;
import java.util.Map;
import java.util.Objects;

/** One server's figure of each row. */
record Figures(Map<Goal, Double> byRow) {
    Figures {
        byRow = Map.copyOf(byRow);
    }

    double of(Goal goal) {
        return Objects.requireNonNull(byRow.get(goal), () -> goal.rowName() + " was not measured");
    }
}
