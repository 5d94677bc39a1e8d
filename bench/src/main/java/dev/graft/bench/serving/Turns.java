package dev.graft.bench.serving;

import dev.graft.bench.load.InTurns;
import dev.graft.bench.load.Words;
import dev.graft.bench.row.Goal;
import dev.graft.bench.row.Percentiles;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Both servers in turns; the median of the turns is the figure. */
record Turns(int count) {
    private static final long SEED = 20_261_124;

    /** For each contender, in their order, the median of each row. */
    List<Figures> medians(Scenario scenario, List<Contender> contenders) throws Exception {
        List<InTurns.Side<Figures>> sides = contenders.stream()
                .<InTurns.Side<Figures>>map(
                        contender -> turn -> new Figures(scenario.turn(contender, words(scenario, turn))))
                .toList();
        return InTurns.run(count, sides).stream()
                .map(turns -> medians(scenario.goals(), turns))
                .toList();
    }

    private static Figures medians(List<Goal> goals, List<Figures> turns) {
        Map<Goal, Double> medians = new EnumMap<>(Goal.class);
        for (Goal goal : goals) {
            medians.put(
                    goal,
                    Percentiles.median(turns.stream().map(turn -> turn.of(goal)).toList()));
        }
        return new Figures(medians);
    }

    /** The same texts for both servers, others for each turn and scenario. */
    private static Words words(Scenario scenario, int turn) {
        return new Words(SEED + 1000L * scenario.goals().getFirst().rowName().hashCode() + turn);
    }
}
