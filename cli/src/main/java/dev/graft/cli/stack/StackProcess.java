package dev.graft.cli.stack;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One process of the stack: started, stopped, killed and started again under the same name, port and log. */
public final class StackProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LOG_LINES_SHOWN = 12;
    private static final boolean HAS_SETSID = Files.isExecutable(Path.of("/usr/bin/setsid"));

    private final ProcessPlan plan;

    StackProcess(ProcessPlan plan) {
        this.plan = plan;
    }

    public String name() {
        return plan.name();
    }

    public int port() {
        return plan.port();
    }

    public Path log() {
        return plan.log();
    }

    /** Its root over HTTP. */
    public String url() {
        return "http://127.0.0.1:" + plan.port();
    }

    /** The process, where it runs. */
    public Optional<ProcessHandle> handle() {
        return PidFile.read(plan.pidFile()).flatMap(PidFile::alive);
    }

    /**
     * Starts it and returns at once: {@link #awaitReady} waits.
     *
     * @throws FaultException {@code port_taken}
     */
    public void start() throws IOException {
        Ports.requireFree(plan.name(), plan.port());
        Files.createDirectories(plan.log().getParent());
        if (Files.exists(plan.log())) {
            Files.move(plan.log(), Path.of(plan.log() + ".old"), StandardCopyOption.REPLACE_EXISTING);
        }
        List<String> command = plan.command();
        if (HAS_SETSID) {
            // A group of its own: Ctrl-C on the terminal reaches us, and we stop the processes in order.
            command = new java.util.ArrayList<>(command);
            command.addFirst("/usr/bin/setsid");
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(plan.log().toFile());
        builder.environment().putAll(plan.environment());
        PidFile.write(plan.pidFile(), builder.start().toHandle(), plan.port());
    }

    /** @throws FaultException {@code process_ended} with the end of its log, or {@code not_ready} after {@code limit} */
    public void awaitReady(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!isReady()) {
            if (handle().isEmpty()) {
                throw new FaultException(
                        Fault.internal("process_ended", plan.name() + " ended while it started. " + endOfLog()));
            }
            if (System.nanoTime() > end) {
                throw new FaultException(Fault.internal(
                        "not_ready", plan.name() + " was not ready within " + limit.toSeconds() + " s. " + endOfLog()));
            }
            Thread.sleep(50);
        }
    }

    /** Whether it says that it can take requests. */
    public boolean isReady() throws InterruptedException {
        return plan.readyPath().isEmpty()
                ? Readiness.kafka("127.0.0.1:" + plan.port())
                : Readiness.http(url() + plan.readyPath());
    }

    /** Asks it to end, and ends it where it has not after 20 s. Does nothing where it does not run. */
    public void stop() throws IOException, InterruptedException {
        Optional<ProcessHandle> process = handle();
        if (process.isPresent()) {
            List<ProcessHandle> family = process.get().descendants().toList();
            process.get().destroy();
            if (!endsWithin(process.get(), PATIENCE)) {
                process.get().destroyForcibly();
                endsWithin(process.get(), PATIENCE);
            }
            family.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroy);
        }
        Files.deleteIfExists(plan.pidFile());
    }

    /** Ends it without asking, as a crash would (SIGKILL). */
    public void kill() throws InterruptedException {
        Optional<ProcessHandle> process = handle();
        if (process.isPresent()) {
            process.get().destroyForcibly();
            endsWithin(process.get(), PATIENCE);
        }
    }

    private static boolean endsWithin(ProcessHandle process, Duration limit) throws InterruptedException {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private String endOfLog() {
        try {
            List<String> lines = Files.readAllLines(plan.log(), StandardCharsets.UTF_8);
            List<String> end = lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
            return "The end of " + plan.log() + ":\n  " + String.join("\n  ", end);
        } catch (MalformedInputException e) {
            return "Its log: " + plan.log();
        } catch (IOException e) {
            return "Its log " + plan.log() + " can't be read: " + e.getMessage();
        }
    }
}
