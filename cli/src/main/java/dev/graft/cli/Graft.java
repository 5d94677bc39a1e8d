package dev.graft.cli;

import dev.graft.cli.command.AdaptersCommand;
import dev.graft.cli.command.ApplyCommand;
import dev.graft.cli.command.BenchCommand;
import dev.graft.cli.command.CompletionCommand;
import dev.graft.cli.command.DeadLettersCommand;
import dev.graft.cli.command.DemoCommand;
import dev.graft.cli.command.DoctorCommand;
import dev.graft.cli.command.DownCommand;
import dev.graft.cli.command.JobsCommand;
import dev.graft.cli.command.LogsCommand;
import dev.graft.cli.command.ModelCommand;
import dev.graft.cli.command.RunCommand;
import dev.graft.cli.command.StatusCommand;
import dev.graft.cli.command.TestCommand;
import dev.graft.cli.command.TrainCommand;
import dev.graft.cli.command.UpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code graft} command: reads the command line and turns what goes wrong into a message and an exit code. */
@Command(
        name = "graft",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "graft 0.1.0",
        description = "Adapts one quantized Llama model to many tasks, on the JVM.",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            RunCommand.class,
            ApplyCommand.class,
            ModelCommand.class,
            TrainCommand.class,
            JobsCommand.class,
            AdaptersCommand.class,
            DeadLettersCommand.class,
            DoctorCommand.class,
            BenchCommand.class,
            TestCommand.class,
            CompletionCommand.class
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:done",
            "1:something failed on our side",
            "2:the command, a file or a setting is wrong",
            "3:too much at the moment: try again later",
            "4:the time ran out",
            "130:interrupted"
        })
public final class Graft {
    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace where something fails.")
    boolean debug;

    public static void main(String[] arguments) {
        // Kafka's clients talk a lot while a broker starts; what matters comes as an exception.
        java.util.logging.LogManager.getLogManager().reset();
        System.exit(commandLine().execute(arguments));
    }

    /** The commands with their options, and how faults are told. */
    public static CommandLine commandLine() {
        Graft graft = new Graft();
        CommandLine commands = new CommandLine(graft);
        // What follows the benchmark's name is its own, --help too.
        commands.getSubcommands().values().stream()
                .filter(c -> c.getCommandName().equals("bench"))
                .forEach(c -> c.setStopAtUnmatched(true));
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> Failure.tell(e, graft.debug));
    }
}
