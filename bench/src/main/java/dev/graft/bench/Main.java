package dev.graft.bench;

import dev.graft.bench.adapters.AdaptersCommand;
import dev.graft.bench.overload.OverloadCommand;
import dev.graft.bench.serving.ServingCommand;
import dev.graft.bench.training.TrainingCommand;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code graft bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Benchmarks, peers side by side in the same run.",
        subcommands = {ServingCommand.class, AdaptersCommand.class, OverloadCommand.class, TrainingCommand.class})
public final class Main {
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");
    private static final Logger LLAMA = Logger.getLogger("dev.graft.llama");

    public static void main(String[] args) {
        KAFKA.setLevel(Level.SEVERE); // its clients tell their whole configuration, and warn while a broker starts
        LLAMA.setLevel(Level.SEVERE); // it warns of each context that is not for embeddings
        System.exit(new CommandLine(new Main()).execute(args.length == 0 ? new String[] {"--help"} : args));
    }
}
