package dev.graft.bench.adapters;

import dev.graft.bench.row.AdapterGoal;
import dev.graft.bench.row.Row;
import dev.graft.bench.row.RowOptions;
import dev.graft.bench.server.Machine;
import dev.graft.llama.AdapterWeights.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code graft bench adapters}: many adapters at once, beside one adapter, none, or llama-server. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        description = "Many adapters at once, beside one, none, or llama-server of the same llama.cpp, in turns.")
public final class AdaptersCommand implements Callable<Integer> {
    private static final int STEPS_A_TURN = 100;
    private static final int REGISTERED = 30;

    @Mixin
    private RowOptions options = new RowOptions();

    @Override
    public Integer call() throws Exception {
        Set<AdapterGoal> wanted = options.wanted(AdapterGoal.class);
        Machine machine = Machine.current();
        List<Row> rows = new ArrayList<>();
        for (AdapterGoal goal : wanted) {
            try (AdapterFolder adapters = AdapterFolder.create(machine)) {
                Row row = measure(goal, machine, adapters);
                options.say(row);
                rows.add(row);
            }
        }
        options.finish(machine, rows);
        return 0;
    }

    private Row measure(AdapterGoal goal, Machine machine, AdapterFolder adapters) throws Exception {
        Steps steps = new Steps(machine, adapters, STEPS_A_TURN * options.turns());
        Served served = new Served(machine, adapters, options.turns());
        return switch (goal) {
            case MIXED8_QV_STEP -> row(goal, steps.mixed(8, AdapterFolder.QV, Precision.F16));
            case MIXED8_ALL_STEP -> row(goal, steps.mixed(8, AdapterFolder.ALL, Precision.F16));
            case MIXED8_ALL_Q8_STEP -> row(goal, steps.mixed(8, AdapterFolder.ALL, Precision.Q8));
            case MIXED32_QV_STEP -> row(goal, steps.mixed(32, AdapterFolder.QV, Precision.F16));
            case BASE_ONLY_STEP -> row(goal, steps.baseOnly(8));
            case C8_ADAPTERS_TOKENS_PER_S -> row(goal, served.eightAdapters());
            case ZIPF64_REQUESTS_PER_S -> row(goal, served.overFewSlots());
            case REGISTERED_TO_SERVED_P95_MS -> goal.alone(Everywhere.p95Ms(machine, adapters, REGISTERED));
            case ITL_P95_WHILE_LOADING -> row(goal, served.whileLoading());
        };
    }

    private static Row row(AdapterGoal goal, Sides sides) {
        return goal.against(sides.graft(), sides.peer());
    }
}
