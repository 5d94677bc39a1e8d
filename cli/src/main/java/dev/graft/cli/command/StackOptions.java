package dev.graft.cli.command;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Progress;
import dev.graft.cli.stack.Ports;
import dev.graft.cli.stack.Stack;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of the commands that start a stack or talk to one. */
public final class StackOptions {
    @Option(
            names = "--port-offset",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Add N to each port (Kafka 9092 and 9093, prompt-service 8080, inference-service 8081, training-service 8082). Default: ${DEFAULT-VALUE}.")
    int portOffset;

    Ports ports() {
        return Ports.offset(portOffset);
    }

    static Path root() {
        return GraftHome.findRoot()
                .orElseThrow(() -> new FaultException(Fault.input(
                        "no_clone", "graft.root", "", "call the graft script of the clone, or run inside it")));
    }

    /** Starts a stack of its own. */
    Stack start(Progress progress) throws IOException, InterruptedException {
        return Stack.builder().root(root()).ports(ports()).progress(progress).start();
    }

    /** The stack that runs. */
    static Stack running() throws IOException {
        return Stack.running(GraftHome.current(), root())
                .orElseThrow(() -> new FaultException(
                        Fault.input("not_running", "stack", GraftHome.current().folder(), "start it first: graft up")));
    }
}
