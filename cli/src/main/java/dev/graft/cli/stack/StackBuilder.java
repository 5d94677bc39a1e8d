package dev.graft.cli.stack;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Progress;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a {@link Stack} is to be like. */
public final class StackBuilder {
    private GraftHome home = GraftHome.current();
    private Path root = GraftHome.findRoot().orElse(Path.of(""));
    private Ports ports = Ports.USUAL;
    private Progress progress =
            new Progress(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8), false);
    private final Map<String, List<String>> options = new HashMap<>();

    StackBuilder() {}

    /** Where its state lives. */
    public StackBuilder home(GraftHome home) {
        this.home = home;
        return this;
    }

    /** Takes downloads and models from another home, by links, so that a stack of its own need not fetch them again. */
    public StackBuilder sharing(GraftHome other) throws IOException {
        Files.createDirectories(home.folder());
        link(home.cache(), other.cache());
        link(home.models(), other.models());
        return this;
    }

    /** The clone whose built services are started. */
    public StackBuilder root(Path root) {
        this.root = root;
        return this;
    }

    public StackBuilder ports(Ports ports) {
        this.ports = ports;
        return this;
    }

    public StackBuilder progress(Progress progress) {
        this.progress = progress;
        return this;
    }

    /** One more option for a JVM, such as {@code option("inference-service", "-Dgraft.inference.slots=4")}. */
    public StackBuilder option(String process, String option) {
        options.computeIfAbsent(process, p -> new ArrayList<>()).add(option);
        return this;
    }

    /**
     * Starts everything and waits until it is ready.
     *
     * @throws FaultException {@code port_taken}, {@code disk_full}, {@code process_ended}, {@code not_ready}; then nothing is left running
     */
    public Stack start() throws IOException, InterruptedException {
        Stack stack = describe();
        stack.start(home, progress);
        return stack;
    }

    /** Starts the broker with its topics, and no services. */
    public Stack startBroker() throws IOException, InterruptedException {
        Stack stack = describe();
        Files.createDirectories(home.classArchives());
        stack.startBroker(progress);
        return stack;
    }

    Stack describe() throws IOException {
        return new Stack(ports, new ProcessPlans(home, root, options));
    }

    private static void link(Path link, Path target) throws IOException {
        if (Files.exists(link)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new FaultException(Fault.input(
                    "nothing_fetched", "GRAFT_HOME", target, "fetch the pinned files first: launcher/fetch.sh"));
        }
        Files.createSymbolicLink(link, target);
    }
}
