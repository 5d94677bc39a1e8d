package dev.graft.cli.stack;

import dev.graft.cli.GraftHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The embedded PostgreSQL of a home, where prompt-service ended without stopping it: it is no child of the service, so that its own pid file
 * ({@code db/postmaster.pid}, the pid in its first line) is what names it.
 */
final class LeftDatabase {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Ends it: with no clients left, PostgreSQL's answer to SIGTERM is to write all out and end. */
    static void stop(GraftHome home) throws IOException {
        Path file = home.folder().resolve("db").resolve("postmaster.pid");
        Optional<ProcessHandle> database = Files.exists(file) ? process(file) : Optional.empty();
        if (database.isEmpty()) {
            return;
        }
        database.get().destroy();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (database.get().isAlive() && System.nanoTime() < end) {
            LockSupport.parkNanos(20_000_000L);
        }
    }

    private static Optional<ProcessHandle> process(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        // The pid may have gone to a stranger since: only a program of that name is ours to stop.
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                .filter(p -> p.info().command().orElse("").endsWith("/postgres"));
    }

    private LeftDatabase() {}
}
