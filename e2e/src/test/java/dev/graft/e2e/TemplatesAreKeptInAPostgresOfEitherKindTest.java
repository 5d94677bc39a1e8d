package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RunningStack.Parameter.class)
class TemplatesAreKeptInAPostgresOfEitherKindTest {
    /** {@code DB_SHUTDOWNED} of PostgreSQL's {@code DBState}: all was written out, so that the next start recovers nothing. */
    private static final int SHUT_DOWN = 1;
    /** In {@code pg_control}, after the system's identifier and two versions. */
    private static final int STATE_AT = 16;

    private static final Map<String, Object> TEMPLATE =
            Map.of("name", "kept", "prompt", "Say something.", "output", Map.of("type", "text"));

    @TempDir
    Path home;

    @Test
    void theEmbeddedOneEndsWithTheServiceInGoodOrder(RunningStack stack) throws Exception {
        Path data = home.resolve("db");
        long database;
        try (var service = LonePromptService.start(stack, home)) {
            assertThat(service.web().post("/v1/templates", TEMPLATE).status()).isEqualTo(201);
            database = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
            assertThat(ProcessHandle.of(database)).isPresent();
            service.stop();
        }
        // Its parent ended with it: the system may need a moment to clear it away.
        ProcessHandle.of(database)
                .ifPresent(left -> left.onExit().orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(state(data)).isEqualTo(SHUT_DOWN);

        try (var service = LonePromptService.start(stack, home)) {
            assertThat(state(data)).isNotEqualTo(SHUT_DOWN);
            assertThat(service.web().get("/v1/templates/kept").status()).isEqualTo(200);
        }
    }

    @Test
    void anotherOneIsUsedByOneSettingWithTheSameMigrations(RunningStack stack) throws Exception {
        try (EmbeddedPostgres theirs = EmbeddedPostgres.builder()
                .setDataDirectory(home.resolve("theirs"))
                .setOverrideWorkingDirectory(home.resolve("programs").toFile())
                .start()) {
            String url = withUserAndDatabase(theirs);
            try (var service = LonePromptService.start(stack, home, "graft.database.url=" + url)) {
                assertThat(service.web().post("/v1/templates", TEMPLATE).status())
                        .isEqualTo(201);
            }
            try (Connection connection = DriverManager.getConnection(url)) {
                assertThat(column(connection, "select name || '@' || version from template_version"))
                        .containsExactly("kept@1");
                assertThat(
                                column(
                                        connection,
                                        "select script from flyway_schema_history where success and script is not null order by installed_rank"))
                        .containsExactlyElementsOf(migrations());
                assertThat(column(connection, "select tableowner from pg_tables where tablename = 'template'"))
                        .containsExactly("graft");
            }
            assertThat(home.resolve("db")).doesNotExist();
        }
    }

    /** As an administrator would: a database that belongs to a user with few rights. */
    private static String withUserAndDatabase(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"))) {
            connection.createStatement().execute("create role graft login password 'secret'");
            connection.createStatement().execute("create database prompts owner graft");
        }
        return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/prompts?user=graft&password=secret";
    }

    private static List<String> migrations() throws IOException {
        try (var files = Files.list(Path.of("../prompt-service/src/main/resources/db/migration"))) {
            return files.map(file -> "db/migration/" + file.getFileName())
                    .sorted()
                    .toList();
        }
    }

    private static int state(Path data) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(data.resolve("global/pg_control")))
                .order(ByteOrder.nativeOrder())
                .getInt(STATE_AT);
    }

    private static List<String> column(Connection connection, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (var rows = connection.createStatement().executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
