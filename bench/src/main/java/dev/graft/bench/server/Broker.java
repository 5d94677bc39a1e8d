package dev.graft.bench.server;

import dev.graft.cli.GraftHome;
import dev.graft.cli.stack.Ports;
import dev.graft.cli.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A Kafka broker of a benchmark's own, in a folder of its own. */
public final class Broker implements AutoCloseable {
    private final TemporaryFolder folder;
    private final Stack stack;

    private Broker(TemporaryFolder folder, Stack stack) {
        this.folder = folder;
        this.stack = stack;
    }

    public static Broker start(Machine machine) throws IOException, InterruptedException {
        TemporaryFolder folder = TemporaryFolder.create();
        Stack stack = Stack.builder()
                .home(new GraftHome(folder.path()))
                .sharing(new GraftHome(machine.home()))
                .root(machine.root())
                .ports(Ports.free())
                .startBroker();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stack))); // should we be ended on the way
        return new Broker(folder, stack);
    }

    public String bootstrap() {
        return stack.bootstrapServers();
    }

    private static void stop(Stack stack) {
        try {
            stack.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
        folder.close();
    }
}
