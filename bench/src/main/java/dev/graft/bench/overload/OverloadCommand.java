package dev.graft.bench.overload;

import dev.graft.bench.load.InTurns;
import dev.graft.bench.row.OverloadGoal;
import dev.graft.bench.row.Percentiles;
import dev.graft.bench.row.Row;
import dev.graft.bench.row.RowOptions;
import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code graft bench overload}: tokens/s of one service under ten times the requests that it can serve, beside as many clients as it has slots. */
@Command(
        name = "overload",
        mixinStandardHelpOptions = true,
        description = "inference-service under ten times the load that it can serve, beside its peak, in turns.")
public final class OverloadCommand implements Callable<Integer> {
    private static final int TIMES = 10;

    @Mixin
    private RowOptions options = new RowOptions();

    @Override
    public Integer call() throws Exception {
        if (options.wanted(OverloadGoal.class).isEmpty()) {
            return 0;
        }
        Machine machine = Machine.current();
        try (Running service = InferenceService.start(machine, "overload", List.of("-Dgraft.kafka.enabled=false"))) {
            Goodput goodput = new Goodput(service.http());
            double capacity = goodput.atPeak() / Goodput.TOKENS;
            List<List<Double>> turns = InTurns.run(
                    options.turns(), List.of(_ -> goodput.offered(TIMES * capacity), _ -> goodput.atPeak()));
            Row row = OverloadGoal.OVERLOAD_GOODPUT.against(
                    Percentiles.median(turns.getFirst()), Percentiles.median(turns.getLast()));
            options.say(row);
            options.finish(machine, List.of(row));
        }
        return 0;
    }
}
