package dev.graft.bench;

import dev.graft.bench.serving.ServingCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code graft bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Benchmarks, peers side by side in the same run.",
        subcommands = ServingCommand.class)
public final class Main {
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args.length == 0 ? new String[] {"--help"} : args));
    }
}
