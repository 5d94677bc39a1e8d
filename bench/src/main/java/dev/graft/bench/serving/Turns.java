package dev.graft.bench.serving;

import dev.graft.bench.load.Words;
import dev.graft.bench.row.Goal;
import dev.graft.bench.row.Percentiles;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Both servers in turns (A B, then B A, …), so that a machine that slows down slows both; the median of the turns is the figure. */
record Turns(int count) {
    private static final long SEED = 20_261_124;

    /** For each contender, in their order, the median of each row. */
    List<Figures> medians(Scenario scenario, List<Contender> contenders) throws Exception {
        List<Map<Goal, List<Double>>> seen = new ArrayList<>();
        for (Contender contender : contenders) {
            scenario.turn(contender, words(scenario, -1)); // warm-up, not counted
            seen.add(new EnumMap<>(Goal.class));
        }
        for (int turn = 0; turn < count; turn++) {
            for (int i = 0; i < contenders.size(); i++) {
                int who = turn % 2 == 0 ? i : contenders.size() - 1 - i;
                scenario.turn(contenders.get(who), words(scenario, turn))
                        .forEach((goal, value) -> seen.get(who)
                                .computeIfAbsent(goal, g -> new ArrayList<>())
                                .add(value));
            }
        }
        return seen.stream().map(Turns::medians).toList();
    }

    private static Figures medians(Map<Goal, List<Double>> seen) {
        Map<Goal, Double> medians = new EnumMap<>(Goal.class);
        seen.forEach((goal, values) -> medians.put(
                goal,
                Percentiles.median(
                        values.stream().mapToDouble(Double::doubleValue).toArray())));
        return new Figures(medians);
    }

    /** The same texts for both servers, others for each turn and scenario. */
    private static Words words(Scenario scenario, int turn) {
        return new Words(SEED + 1000L * scenario.goals().getFirst().rowName().hashCode() + turn);
    }
}
