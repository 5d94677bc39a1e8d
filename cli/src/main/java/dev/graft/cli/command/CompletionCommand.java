package dev.graft.cli.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graft completion}. */
@Command(name = "completion", description = "Print a completion script for bash and zsh: source <(graft completion)")
public final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() {
        System.out.print(AutoComplete.bash("graft", spec.root().commandLine()));
        return 0;
    }
}
