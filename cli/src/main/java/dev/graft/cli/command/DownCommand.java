package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.cli.stack.Stopping;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graft down}. */
@Command(name = "down", description = "Stop the services and the broker; what is under way may finish first.")
public final class DownCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON: the names of what was stopped.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        List<String> stopped;
        try (Progress.Task task = Progress.standard().begin("stopping")) {
            stopped = Stopping.remains(GraftHome.current());
            task.done(stopped.isEmpty() ? "nothing was running" : String.join(", ", stopped));
        }
        if (json) {
            System.out.println(Json.pretty(Map.of("stopped", stopped)));
        }
        return 0;
    }
}
