package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.cli.demo.Demo;
import dev.graft.cli.stack.Stack;
import dev.graft.cli.stack.Stopping;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft demo}. */
@Command(
        name = "demo",
        description =
                "Start the stack, run 300 real reviews through three templates, stream an answer, train an adapter on other reviews and measure it, and stop everything. "
                        + "Where the stack runs already, that one is used and left running.")
public final class DemoCommand implements Callable<Integer> {
    @Mixin
    StackOptions options = new StackOptions();

    @Option(names = "--json", paramLabel = "FILE", description = "Write what was printed as JSON, too.")
    Optional<Path> json = Optional.empty();

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "6",
            description =
                    "Time for all of it: the first steps of the training tell how many epochs fit, at least one. Default: ${DEFAULT-VALUE}.")
    int minutes;

    @Option(names = "--adapters", description = "Only what adapters show: three and the base in one batch.")
    boolean adaptersOnly;

    @Override
    public Integer call() throws Exception {
        Progress progress = Progress.standard();
        Optional<Stack> running = Stack.running(GraftHome.current(), StackOptions.root());
        if (running.isPresent()) {
            progress.say("using the stack that runs");
            return show(running.get(), progress);
        }
        Stopping.remains(GraftHome.current());
        try (Stopping stopping = Stopping.onInterrupt(GraftHome.current())) {
            int code = show(options.start(progress), progress);
            try (Progress.Task task = progress.begin("stopping")) {
                stopping.stop();
                task.done("all processes have ended");
            }
            return code;
        }
    }

    private int show(Stack stack, Progress progress) throws Exception {
        Demo demo = new Demo(stack, progress, System.out, Duration.ofMinutes(minutes));
        Object report =
                adaptersOnly ? demo.adapters() : demo.run(StackOptions.root().resolve("examples"));
        if (json.isPresent()) {
            Files.writeString(json.get(), Json.pretty(report) + System.lineSeparator());
        }
        return 0;
    }
}
