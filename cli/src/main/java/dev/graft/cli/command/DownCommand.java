package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Progress;
import dev.graft.cli.stack.Stopping;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code graft down}. */
@Command(name = "down", description = "Stop the services and the broker; what is under way may finish first.")
public final class DownCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        try (Progress.Task task = Progress.standard().begin("stopping")) {
            List<String> stopped = Stopping.remains(GraftHome.current());
            task.done(stopped.isEmpty() ? "nothing was running" : String.join(", ", stopped));
        }
        return 0;
    }
}
