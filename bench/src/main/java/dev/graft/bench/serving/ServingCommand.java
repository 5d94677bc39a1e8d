package dev.graft.bench.serving;

import dev.graft.bench.row.Goal;
import dev.graft.bench.row.Percentiles;
import dev.graft.bench.row.Row;
import dev.graft.bench.row.RowOptions;
import dev.graft.bench.server.InferenceService;
import dev.graft.bench.server.LlamaServer;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft bench serving}: inference-service beside llama-server, on the same libraries, model, threads, slots and load. */
@Command(
        name = "serving",
        mixinStandardHelpOptions = true,
        description = "inference-service beside llama-server of the same llama.cpp, in turns.")
public final class ServingCommand implements Callable<Integer> {
    private static final int EVENTS = 300;

    @Mixin
    private RowOptions options = new RowOptions();

    @Option(
            names = "--side",
            paramLabel = "SIDE",
            description = "Measure GRAFT or PEER alone, to look into it: prints figures, no table.")
    private Optional<Contender.Side> side = Optional.empty();

    @Override
    public Integer call() throws Exception {
        Set<Goal> wanted = options.wanted(Goal.class);
        Machine machine = Machine.current();
        if (side.isPresent()) {
            measureOne(machine, side.get(), wanted);
            return 0;
        }
        List<Row> rows = new ArrayList<>(beside(machine, wanted));
        rows.addAll(alone(machine, wanted));
        options.finish(machine, rows);
        return 0;
    }

    private static List<Scenario> scenarios(Machine machine, Set<Goal> wanted) {
        return java.util.stream.Stream.<Scenario>of(
                        new Completions.One(),
                        new Completions.Eight(),
                        new Completions.SharedPrefix(),
                        new Classification(),
                        new Completions.Mixed(Duration.ofSeconds(45)),
                        new Busy(machine, Duration.ofSeconds(8)))
                .filter(scenario -> scenario.goals().stream().anyMatch(wanted::contains))
                .toList();
    }

    private List<Row> beside(Machine machine, Set<Goal> wanted) throws Exception {
        List<Scenario> scenarios = scenarios(machine, wanted);
        List<Row> rows = new ArrayList<>();
        if (scenarios.isEmpty()) {
            return rows;
        }
        try (Running peer = LlamaServer.start(machine);
                Running graft = InferenceService.start(machine)) {
            options.say("both run " + graft.sameVariantAs(peer));
            List<Contender> both = List.of(
                    new Contender(Contender.Side.GRAFT, graft.http()), new Contender(Contender.Side.PEER, peer.http()));
            for (Scenario scenario : scenarios) {
                List<Figures> medians = new Turns(options.turns()).medians(scenario, both);
                for (Goal goal : scenario.goals()) {
                    if (wanted.contains(goal)) {
                        Row row = goal.against(
                                medians.getFirst().of(goal), medians.getLast().of(goal));
                        options.say(row);
                        rows.add(row);
                    }
                }
            }
        }
        return rows;
    }

    private List<Row> alone(Machine machine, Set<Goal> wanted) throws Exception {
        List<Row> rows = new ArrayList<>();
        if (wanted.contains(Goal.KAFKA_OVERHEAD_P50_MS) || wanted.contains(Goal.KAFKA_OVERHEAD_P99_MS)) {
            double[] millis = KafkaOverhead.measure(machine, EVENTS);
            addIf(wanted, rows, Goal.KAFKA_OVERHEAD_P50_MS, Percentiles.median(millis));
            addIf(wanted, rows, Goal.KAFKA_OVERHEAD_P99_MS, Percentiles.percentile(0.99, millis));
        }
        if (wanted.contains(Goal.READY_MS)) {
            rows.add(Goal.READY_MS.alone(Alone.readyMs(machine, options.turns())));
        }
        if (wanted.contains(Goal.OVERHEAD_MB)) {
            rows.add(Goal.OVERHEAD_MB.alone(Alone.overheadMb(machine)));
        }
        return rows;
    }

    private static void addIf(Set<Goal> wanted, List<Row> rows, Goal goal, double value) {
        if (wanted.contains(goal)) {
            rows.add(goal.alone(value));
        }
    }

    private void measureOne(Machine machine, Contender.Side which, Set<Goal> wanted) throws Exception {
        try (Running server =
                which == Contender.Side.GRAFT ? InferenceService.start(machine) : LlamaServer.start(machine)) {
            options.say(which + " runs " + server.cpuVariant() + ", process "
                    + server.process().pid());
            for (Scenario scenario : scenarios(machine, wanted)) {
                Figures figures = new Turns(options.turns())
                        .medians(scenario, List.of(new Contender(which, server.http())))
                        .getFirst();
                figures.byRow().forEach((goal, value) -> options.say("%s %.2f".formatted(goal.rowName(), value)));
            }
        }
    }
}
