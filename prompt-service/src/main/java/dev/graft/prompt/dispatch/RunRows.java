package dev.graft.prompt.dispatch;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.PromptResult;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table of runs, one statement a method. */
final class RunRows {
    record Row(Run run, Door door, PromptResult result) {}

    static int insert(Connection connection, List<Row> rows) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into run (id, door, template, version, variables_sha256, result, model, adapter, generation,
                    prompt_tokens, cached_tokens, completion_tokens, queue_ms, prefill_ms, decode_ms)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing""")) {
            for (Row row : rows) {
                set(insert, row);
                insert.addBatch();
            }
            return insert.executeBatch().length;
        }
    }

    private static void set(PreparedStatement insert, Row row) throws SQLException {
        insert.setString(1, row.run().id());
        insert.setString(2, row.door().name().toLowerCase(Locale.ROOT));
        insert.setString(3, row.run().template().name());
        insert.setInt(4, row.run().template().version());
        insert.setString(5, row.run().asked().variablesSha256());
        insert.setString(6, new String(EventJson.write(row.result()), StandardCharsets.UTF_8));
        switch (row.result()) {
            case PromptResult.Answered answered -> setAnswer(insert, answered);
            case PromptResult.Failed failed -> setNoAnswer(insert);
        }
    }

    private static void setAnswer(PreparedStatement insert, PromptResult.Answered answered) throws SQLException {
        insert.setString(7, answered.served().model());
        insert.setString(8, answered.served().adapter());
        insert.setInt(9, answered.served().generation());
        insert.setInt(10, answered.usage().promptTokens());
        insert.setInt(11, answered.usage().cachedTokens());
        insert.setInt(12, answered.usage().completionTokens());
        insert.setDouble(13, answered.timings().queueMs());
        insert.setDouble(14, answered.timings().prefillMs());
        insert.setDouble(15, answered.timings().decodeMs());
    }

    private static void setNoAnswer(PreparedStatement insert) throws SQLException {
        int[] types = {
            Types.VARCHAR,
            Types.VARCHAR,
            Types.INTEGER,
            Types.INTEGER,
            Types.INTEGER,
            Types.INTEGER,
            Types.DOUBLE,
            Types.DOUBLE,
            Types.DOUBLE
        };
        for (int i = 0; i < types.length; i++) {
            insert.setNull(7 + i, types[i]);
        }
    }

    /** @param result as JSON */
    record Given(Asked asked, String result) {}

    static Optional<Given> given(Connection connection, String id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "select template, version, variables_sha256, result from run where id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Given(
                                new Asked(rows.getString(1), rows.getInt(2), rows.getString(3)), rows.getString(4)))
                        : Optional.empty();
            }
        }
    }

    static int deleteOlderThan(Connection connection, Duration age) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from run where at < now() - make_interval(secs => ?)")) {
            delete.setDouble(1, (double) age.toSeconds());
            return delete.executeUpdate();
        }
    }

    private RunRows() {}
}
