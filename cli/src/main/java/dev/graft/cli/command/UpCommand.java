package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Progress;
import dev.graft.cli.stack.Stack;
import dev.graft.cli.stack.Stopping;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft up}. */
@Command(name = "up", description = "Start the broker and the services, and leave them running.")
public final class UpCommand implements Callable<Integer> {
    @Mixin
    StackOptions options = new StackOptions();

    @Option(names = "--json", description = "Print JSON, as status does.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        Progress progress = Progress.standard();
        var running = Stack.running(GraftHome.current(), StackOptions.root());
        if (running.isPresent()) {
            progress.say("it runs already");
            StatusCommand.print(running.get(), json);
            return 0;
        }
        // What a crash left behind would hold the ports.
        Stopping.remains(GraftHome.current());
        try (Stopping stopping = Stopping.onInterrupt(GraftHome.current())) {
            Stack stack = options.start(progress);
            stopping.keep();
            StatusCommand.print(stack, json);
        }
        return 0;
    }
}
