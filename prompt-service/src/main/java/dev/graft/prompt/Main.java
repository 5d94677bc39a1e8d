package dev.graft.prompt;

import dev.graft.prompt.settings.EmbeddedDatabase;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts the database where none is named, then the service; stops them in the other order. */
@QuarkusMain
public final class Main {
    private static final Duration LONGEST_STOP = Duration.ofSeconds(40);
    private static final String JDBC_URL = "quarkus.datasource.jdbc.url";

    public static void main(String... arguments) throws IOException {
        Optional<String> external = Stream.of("graft.database.url", JDBC_URL)
                .flatMap(name -> setting(name).stream())
                .findFirst();
        if (external.isPresent()) {
            System.setProperty(JDBC_URL, external.get());
            Quarkus.run(arguments);
            return;
        }
        Path home = Path.of(setting("graft.home").orElse(System.getProperty("user.home") + "/.graft"));
        EmbeddedDatabase database = EmbeddedDatabase.start(home);
        System.setProperty(JDBC_URL, database.url());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAfter(ended, database), "database-stop"));
        try {
            Quarkus.run(
                    null,
                    (code, _) -> {
                        ended.countDown();
                        System.exit(code);
                    },
                    arguments);
        } finally {
            // A service that was stopped before it began to start has no end to tell of.
            ended.countDown();
        }
    }

    /** The service's last answers are still written while it stops. */
    private static void closeAfter(CountDownLatch ended, EmbeddedDatabase database) {
        try {
            if (!ended.await(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println(
                        "the service takes longer than " + LONGEST_STOP + " to stop: its database stops now");
            }
            database.close();
        } catch (IOException e) {
            System.err.println("the database was not stopped: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A system property, or the environment variable that means the same: the database must be there before all other settings are read. */
    private static Optional<String> setting(String name) {
        String variable = name.toUpperCase(java.util.Locale.ROOT).replace('.', '_');
        return Optional.ofNullable(System.getProperty(name)).or(() -> Optional.ofNullable(System.getenv(variable)));
    }

    private Main() {}
}
