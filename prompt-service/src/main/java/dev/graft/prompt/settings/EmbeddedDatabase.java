package dev.graft.prompt.settings;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** PostgreSQL as a child of this process, its data under {@code GRAFT_HOME/db}. What is committed survives a crash of either. */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(60);
    private static final long STOPPING_SECONDS = 20;
    private static final Pattern PID = Pattern.compile("[0-9]{1,10}");

    private final EmbeddedPostgres postgres;

    private EmbeddedDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /** @throws IOException naming the folder, where the database can't be started */
    public static EmbeddedDatabase start(Path home) throws IOException {
        Path data = home.resolve("db");
        stopOrphan(data.resolve("postmaster.pid"));
        try {
            return new EmbeddedDatabase(EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setOverrideWorkingDirectory(home.resolve("cache/postgres").toFile())
                    // Its hook would stop the database while requests are still being answered.
                    .setRegisterShutdownHook(false)
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("max_connections", "100")
                    .setPGStartupWait(STARTUP)
                    .start());
        } catch (IOException | IllegalStateException e) {
            throw new IOException(
                    "the embedded database under " + data
                            + " did not start: is the disk full, or another service using it?",
                    e);
        }
    }

    /** With user and database {@code postgres}. */
    public String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    /** A service that was killed leaves its database running, and with it the lock on the data. */
    private static void stopOrphan(Path pidFile) throws IOException {
        String first = Files.exists(pidFile)
                ? Files.readAllLines(pidFile).stream().findFirst().orElse("").strip()
                : "";
        // The pid may have gone to a stranger since: only a program of that name is ours to stop.
        Optional<ProcessHandle> orphan = PID.matcher(first).matches()
                ? ProcessHandle.of(Long.parseLong(first))
                        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
                : Optional.empty();
        if (orphan.isPresent()) {
            orphan.get().destroy();
            try {
                orphan.get()
                        .onExit()
                        .orTimeout(STOPPING_SECONDS, TimeUnit.SECONDS)
                        .join();
            } catch (CompletionException e) {
                throw new IOException(
                        "process " + first + " still uses the database beside " + pidFile + ": stop it",
                        e.getCause() instanceof TimeoutException timeout ? timeout : e);
            }
        }
    }
}
