package dev.graft.bench.row;

import dev.graft.bench.server.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every benchmark is told, and how it tells its rows. */
public final class RowOptions {
    @Option(names = "--out", paramLabel = "FILE", description = "Write the results as JSON.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--only", paramLabel = "NAME", split = ",", description = "Only these rows.")
    private List<String> only = List.of();

    @Option(
            names = "--turns",
            paramLabel = "N",
            defaultValue = "5",
            description = "Turns of each side a row; default: 5.")
    private int turns = 5;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    public int turns() {
        return turns;
    }

    /**
     * The rows that are to be measured.
     *
     * @throws CommandLine.ParameterException where {@code --only} names one that there is not
     */
    public <G extends Enum<G> & RowGoal> Set<G> wanted(Class<G> all) {
        Set<G> rows = EnumSet.allOf(all);
        List<String> names = rows.stream().map(RowGoal::rowName).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new CommandLine.ParameterException(
                        command.commandLine(), "--only: no row is called '" + name + "'; there are " + names);
            }
        }
        rows.removeIf(row -> !only.isEmpty() && !only.contains(row.rowName()));
        return rows;
    }

    public void say(String line) {
        PrintWriter writer = command.commandLine().getOut();
        writer.println(line);
        writer.flush();
    }

    /** One row, as soon as it is measured. */
    public void say(Row row) {
        say(
                row.peer().isPresent()
                        ? "%s: graft %.2f, peer %.2f, ratio %.2f"
                                .formatted(
                                        row.name(),
                                        row.graft(),
                                        row.peer().getAsDouble(),
                                        row.ratio().orElseThrow())
                        : "%s: %s".formatted(row.name(), Results.plain(row.graft())));
    }

    /** The table, and the JSON where that is wanted. */
    public void finish(Machine machine, List<Row> rows) throws IOException, InterruptedException {
        finish(machine, Machine.cpu(), rows);
    }

    /**
     * The same.
     *
     * @param cpu the processor, with what else has to be known of it
     */
    public void finish(Machine machine, String cpu, List<Row> rows) throws IOException, InterruptedException {
        Results results =
                new Results(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), cpu, machine.commit(), rows);
        if (out.isPresent()) {
            results.writeTo(out.get());
        }
        say(results.table());
    }
}
