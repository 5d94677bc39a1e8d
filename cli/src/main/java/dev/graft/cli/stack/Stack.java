package dev.graft.cli.stack;

import dev.graft.cli.GraftHome;
import dev.graft.cli.Progress;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * A broker with its topics, inference-service, prompt-service and training-service: real processes on 127.0.0.1.
 *
 * {@snippet :
 * try (Stack stack = Stack.builder().home(new GraftHome(folder)).sharing(GraftHome.current()).ports(Ports.free()).start()) {
 *     stack.inference().kill();
 *     stack.inference().start();
 *     stack.inference().awaitReady(Duration.ofSeconds(60));
 * }
 * }
 */
public final class Stack implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);
    private static final long LEAST_DISK_BYTES = 512L << 20;

    private final Ports ports;
    private final ProcessPlans plans;
    private final StackProcess broker;
    private final StackProcess inference;
    private final StackProcess prompt;
    private final StackProcess training;
    private final List<StackProcess> more = new ArrayList<>();

    Stack(Ports ports, ProcessPlans plans) throws IOException {
        this.ports = ports;
        this.plans = plans;
        this.broker = new StackProcess(plans.broker(ports));
        this.inference = new StackProcess(plans.inference(ports, ProcessPlans.INFERENCE, ports.inference()));
        this.prompt = new StackProcess(plans.prompt(ports));
        this.training = new StackProcess(plans.training(ports, ProcessPlans.TRAINING, ports.training()));
    }

    public static StackBuilder builder() {
        return new StackBuilder();
    }

    /** The stack that runs in this home, if all its processes do; its ports are read from the pid files. */
    public static Optional<Stack> running(GraftHome home, Path root) throws IOException {
        Optional<Stack> any = written(home, root);
        return any.filter(s -> s.processes().stream().allMatch(p -> p.handle().isPresent()));
    }

    /** The stack that was started in this home, though some of its processes may have ended. */
    public static Optional<Stack> written(GraftHome home, Path root) throws IOException {
        Optional<Ports> ports = Ports.written(home.run());
        return ports.isEmpty()
                ? Optional.empty()
                : Optional.of(builder().home(home).root(root).ports(ports.get()).describe());
    }

    public Ports ports() {
        return ports;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + ports.kafka();
    }

    public StackProcess broker() {
        return broker;
    }

    public StackProcess inference() {
        return inference;
    }

    public StackProcess prompt() {
        return prompt;
    }

    public StackProcess training() {
        return training;
    }

    /** All of them, in the order in which they start. */
    public List<StackProcess> processes() {
        List<StackProcess> all = new ArrayList<>(List.of(broker, inference, prompt, training));
        all.addAll(more);
        return List.copyOf(all);
    }

    /** Another inference-service on the same topics; stopped with the stack. */
    public StackProcess addInference(String name, int port) throws IOException, InterruptedException {
        return add(plans.inference(ports, name, port));
    }

    /** Another training-service on the same topics and folder; stopped with the stack. */
    public StackProcess addTraining(String name, int port) throws IOException, InterruptedException {
        return add(plans.training(ports, name, port));
    }

    private StackProcess add(ProcessPlan plan) throws IOException, InterruptedException {
        StackProcess process = new StackProcess(plan);
        more.add(process);
        process.start();
        process.awaitReady(READY_WITHIN);
        return process;
    }

    /** Starts all; where one fails, those that had started are stopped again, and nothing is left. */
    void start(GraftHome home, Progress progress) throws IOException, InterruptedException {
        plans.requireBuilt();
        requireDisk(home);
        ports.requireFree();
        Files.createDirectories(home.classArchives());
        ports.write(home.run());
        boolean ready = false;
        try {
            startBroker(progress);
            startServices(progress);
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    /** The broker alone with its topics, for what needs no services. */
    void startBroker(Progress progress) throws IOException, InterruptedException {
        try (Progress.Task task = progress.begin("starting the broker")) {
            broker.start();
            broker.awaitReady(READY_WITHIN);
            StackTopics.create(bootstrapServers(), READY_WITHIN);
            task.done("ready at " + bootstrapServers());
        } catch (ExecutionException | TimeoutException e) {
            throw new FaultException(
                    Fault.internal(
                            "topics_not_created", "the broker refused: " + e.getMessage() + "; see " + broker.log()),
                    e);
        }
    }

    private void startServices(Progress progress) throws IOException, InterruptedException {
        try (Progress.Task task = progress.begin("starting inference-service, prompt-service and training-service")) {
            inference.start();
            prompt.start();
            training.start();
            inference.awaitReady(READY_WITHIN);
            prompt.awaitReady(READY_WITHIN);
            training.awaitReady(READY_WITHIN);
            task.done("ready at " + inference.url() + ", " + prompt.url() + " and " + training.url());
        }
    }

    /** Stops all, the broker last, so that the services can say goodbye to it. */
    public void stop() throws IOException, InterruptedException {
        List<Thread> ending = new ArrayList<>();
        List<StackProcess> services =
                processes().stream().filter(p -> p != broker).toList();
        for (StackProcess service : services) {
            ending.add(Thread.ofVirtual().start(() -> stopped(service)));
        }
        for (Thread thread : ending) {
            thread.join();
        }
        LeftDatabase.stop(plans.home());
        broker.stop();
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stopped(StackProcess process) {
        try {
            process.stop();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void requireDisk(GraftHome home) throws IOException {
        Files.createDirectories(home.folder());
        long free = Files.getFileStore(home.folder()).getUsableSpace();
        if (free < LEAST_DISK_BYTES) {
            throw new FaultException(Fault.input(
                    "disk_full",
                    "GRAFT_HOME",
                    home.folder(),
                    (free >> 20) + " MB are free there, " + (LEAST_DISK_BYTES >> 20)
                            + " MB are needed: make room, or set GRAFT_HOME to a folder on another disk"));
        }
    }
}
