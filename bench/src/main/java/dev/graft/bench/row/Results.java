package dev.graft.bench.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * What every benchmark writes.
 *
 * @param date ISO-8601, UTC
 * @param cpu the processor, as the kernel names it
 * @param commit what was measured
 */
public record Results(String date, String cpu, String commit, List<Row> rows) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public Results {
        rows = List.copyOf(rows);
    }

    public String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the JSON whole or not at all. */
    public void writeTo(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Files.createDirectories(target.getParent());
        Path partial = Files.createTempFile(target.getParent(), ".results", ".json");
        Files.writeString(partial, json());
        Files.move(partial, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    public String table() {
        return rows.stream()
                .map(Results::line)
                .collect(Collectors.joining(
                        "\n", "%-34s %10s %10s %8s  %s%n".formatted("row", "graft", "peer", "ratio", "goal"), "\n"));
    }

    private static String line(Row row) {
        String goal = "%s %s %s"
                .formatted(
                        row.better() == Better.HIGHER ? "≥" : "≤",
                        plain(row.goal()),
                        row.reached() ? "reached" : "MISSED");
        return "%-34s %10s %10s %8s  %s"
                .formatted(row.name(), plain(row.graft()), plain(row.peer()), plain(row.ratio()), goal);
    }

    private static String plain(OptionalDouble value) {
        return value.isPresent() ? plain(value.getAsDouble()) : "-";
    }

    /** To so many digits as say something. */
    static String plain(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 0.01 || size == 0 ? "%.2f" : "%.1e", value);
    }
}
