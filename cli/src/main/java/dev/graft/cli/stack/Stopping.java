package dev.graft.cli.stack;

import dev.graft.cli.GraftHome;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stops whatever the pid files of a home name: at the end of a command, on Ctrl-C, and after a crash. */
public final class Stopping implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final GraftHome home;
    private volatile boolean kept;

    private Stopping(GraftHome home) {
        this.home = home;
    }

    /** From now on an end of this JVM, by Ctrl-C too, ends the stack of this home, unless {@link #keep} was called. */
    public static Stopping onInterrupt(GraftHome home) {
        Stopping stopping = new Stopping(home);
        var _ = EndOfProcess.run(stopping::stopUnlessKept);
        return stopping;
    }

    /** The stack shall outlive this command. */
    public void keep() {
        kept = true;
    }

    /** Stops the stack now, unless it is to be kept. */
    public void stop() {
        stopUnlessKept();
        kept = true;
    }

    @Override
    public void close() {
        stop();
    }

    private synchronized void stopUnlessKept() {
        if (!kept) {
            try {
                remains(home);
            } catch (IOException e) {
                System.err.println("graft: could not stop all processes: " + e.getMessage());
            }
        }
    }

    /** Ends every process that a pid file names, services first and the broker last. Returns the names of those that ran. */
    public static List<String> remains(GraftHome home) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(home.run())) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(home.run(), "*.pid")) {
                found.forEach(files::add);
            }
        }
        List<String> stopped = new ArrayList<>();
        Path broker = PidFile.at(home.run(), ProcessPlans.BROKER);
        end(files.stream().filter(f -> !f.equals(broker)).toList(), stopped);
        LeftDatabase.stop(home);
        end(files.stream().filter(broker::equals).toList(), stopped);
        return stopped;
    }

    private static void end(List<Path> files, List<String> stopped) throws IOException {
        List<ProcessHandle> family = new ArrayList<>();
        List<ProcessHandle> asked = new ArrayList<>();
        for (Path file : files) {
            Optional<ProcessHandle> process = PidFile.read(file).flatMap(PidFile::alive);
            process.ifPresent(p -> {
                p.descendants().forEach(family::add);
                p.destroy();
                asked.add(p);
                stopped.add(String.valueOf(file.getFileName()).replace(".pid", ""));
            });
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        asked.forEach(p -> awaitEnd(p, end));
        // What a service started itself, such as its database, ends with it; after a SIGKILL it would be left.
        family.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroy);
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    private static void awaitEnd(ProcessHandle process, long end) {
        boolean forced = false;
        while (process.isAlive()) {
            if (!forced && System.nanoTime() > end) {
                forced = process.destroyForcibly();
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000L);
        }
    }
}
