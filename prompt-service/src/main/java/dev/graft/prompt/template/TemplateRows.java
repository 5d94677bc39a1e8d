package dev.graft.prompt.template;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tables of templates, one statement a method. */
final class TemplateRows {
    private static final String COLUMNS = "select version, written_at, source from template_version ";

    /** Makes the name if it is new, and keeps other writers of it out until the transaction ends. */
    static void lock(Connection connection, String name) throws SQLException {
        try (PreparedStatement insert =
                        connection.prepareStatement("insert into template (name) values (?) on conflict do nothing");
                PreparedStatement lock =
                        connection.prepareStatement("select name from template where name = ? for update")) {
            insert.setString(1, name);
            insert.executeUpdate();
            lock.setString(1, name);
            lock.executeQuery().close();
        }
    }

    static Template insert(Connection connection, TemplateSource source, int version, String json) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into template_version (name, version, source) values (?, ?, ?) returning version, written_at, source")) {
            insert.setString(1, source.name());
            insert.setInt(2, version);
            insert.setString(3, json);
            return one(insert).orElseThrow();
        }
    }

    static Optional<Template> newest(Connection connection, String name) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(COLUMNS + "where name = ? order by version desc limit 1")) {
            query.setString(1, name);
            return one(query);
        }
    }

    static Optional<Template> version(Connection connection, String name, int version) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COLUMNS + "where name = ? and version = ?")) {
            query.setString(1, name);
            query.setInt(2, version);
            return one(query);
        }
    }

    static List<Template> versions(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COLUMNS + "where name = ? order by version desc")) {
            query.setString(1, name);
            return all(query);
        }
    }

    static List<Template> newestOfEach(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "select distinct on (name) version, written_at, source from template_version order by name, version desc")) {
            return all(query);
        }
    }

    /** Where a label points; where it is not set and {@code orNewest}, the newest version. */
    static Optional<Integer> labelled(Connection connection, String name, String label, boolean orNewest)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select version from template_label where name = ? and label = ?
                union all
                (select version from template_version where name = ? and ? order by version desc limit 1)
                limit 1""")) {
            query.setString(1, name);
            query.setString(2, label);
            query.setString(3, name);
            query.setBoolean(4, orNewest);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(rows.getInt(1)) : Optional.empty();
            }
        }
    }

    static Map<String, Map<String, Integer>> labels(Connection connection) throws SQLException {
        Map<String, Map<String, Integer>> labels = new TreeMap<>();
        try (PreparedStatement query = connection.prepareStatement(
                        "select name, label, version from template_label order by name, label");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                labels.computeIfAbsent(rows.getString(1), name -> new TreeMap<>())
                        .put(rows.getString(2), rows.getInt(3));
            }
        }
        return labels;
    }

    /** Whether it pointed elsewhere, or nowhere, before. */
    static boolean point(Connection connection, String name, String label, int version) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into template_label (name, label, version) values (?, ?, ?)
                on conflict (name, label) do update set version = excluded.version, moved_at = now()
                where template_label.version <> excluded.version""")) {
            upsert.setString(1, name);
            upsert.setString(2, label);
            upsert.setInt(3, version);
            return upsert.executeUpdate() > 0;
        }
    }

    static boolean unpoint(Connection connection, String name, String label) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from template_label where name = ? and label = ?")) {
            delete.setString(1, name);
            delete.setString(2, label);
            return delete.executeUpdate() > 0;
        }
    }

    private static Optional<Template> one(PreparedStatement query) throws SQLException {
        return all(query).stream().findFirst();
    }

    private static List<Template> all(PreparedStatement query) throws SQLException {
        List<Template> templates = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                byte[] json = rows.getString(3).getBytes(StandardCharsets.UTF_8);
                templates.add(new Template(
                        rows.getInt(1),
                        rows.getObject(2, OffsetDateTime.class).toInstant(),
                        TemplateJson.read(json, TemplateSource.class)));
            }
        }
        return templates;
    }

    private TemplateRows() {}
}
