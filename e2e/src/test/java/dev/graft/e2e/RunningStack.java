package dev.graft.e2e;

import dev.graft.cli.GraftHome;
import dev.graft.cli.stack.Ports;
import dev.graft.cli.stack.Stack;
import dev.graft.cli.stack.StackProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The stack that all tests share: booted by the first test that asks for it, stopped after the last. Its state lies in a folder of its own below
 * {@code target}; downloads and models are those of {@code GRAFT_HOME}. Where a test fails, the logs of the processes stay in {@code target/e2e-logs}.
 */
public final class RunningStack implements AutoCloseable {
    static final String MODEL = "SmolLM2-135M-Instruct.Q4_1";
    /** Small, so that an overload is reached with few clients. */
    static final int QUEUE = 32;

    static final int SLOTS = 8;
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final Path home;
    private final Stack stack;

    private RunningStack() throws IOException, InterruptedException {
        home = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "e2e-home");
        stack = Stack.builder()
                .home(new GraftHome(home))
                .sharing(GraftHome.current())
                .ports(Ports.free())
                .option("inference-service", "-Dgraft.limits.queue=" + QUEUE)
                .option("inference-service", "-Dgraft.llama.slots=" + SLOTS)
                .start();
    }

    /** Gives a test method's or constructor's parameter of this type the shared stack. */
    public static final class Parameter implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningStack.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.GLOBAL)
                    .computeIfAbsent(RunningStack.class, type -> boot(), RunningStack.class);
        }

        private static RunningStack boot() {
            try {
                return new RunningStack();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the stack started", e);
            }
        }
    }

    Stack processes() {
        return stack;
    }

    String bootstrapServers() {
        return stack.bootstrapServers();
    }

    /** The folder below which everything lies that the stack writes. */
    Path home() {
        return home.toAbsolutePath();
    }

    Web inference() {
        return new Web(stack.inference().url());
    }

    Web prompt() {
        return new Web(stack.prompt().url());
    }

    /** Starts a process again that was killed or stopped, and waits until it takes requests. */
    void startAgain(StackProcess process) throws IOException, InterruptedException {
        process.start();
        process.awaitReady(READY_WITHIN);
    }

    /** Resident memory of a process, in bytes. */
    static long residentBytes(StackProcess process) throws IOException {
        long pid = process.handle().orElseThrow().pid();
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws IOException {
        stack.close();
        keepLogs();
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void keepLogs() throws IOException {
        Path kept = Files.createDirectories(Path.of("target/e2e-logs"));
        try (var logs = Files.list(home.resolve("logs"))) {
            for (Path log : logs.toList()) {
                Files.move(log, kept.resolve(log.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
