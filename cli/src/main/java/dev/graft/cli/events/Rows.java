package dev.graft.cli.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.cli.Json;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The rows of a CSV file with a header (RFC 4180), or of a file of JSON lines ({@code .jsonl}, {@code .ndjson}, {@code .json}), read one by
 * one. A CSV cell of a variable that the template does not declare as a string is read as JSON, and an empty one is no value; what is no JSON stays
 * text, for the service to refuse with the variable's name.
 */
final class Rows implements AutoCloseable, Iterator<Rows.Row> {
    /**
     * @param id the column {@code id}; without one the row's number, from 1
     * @param values the other columns
     */
    record Row(String id, Map<String, JsonNode> values) {
        Row {
            values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    private static final String STRING = "string";

    private final AutoCloseable file;
    private final Iterator<Map<String, JsonNode>> rows;
    private long number;

    private Rows(AutoCloseable file, Iterator<Map<String, JsonNode>> rows) {
        this.file = file;
        this.rows = rows;
    }

    /** @param types what the template declares its variables as */
    static Rows open(Path file, Map<String, String> types) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json")
                ? jsonLines(file)
                : csv(file, types);
    }

    /** How many there are, for a bar; reads the file once. */
    static long count(Path file) throws IOException {
        long count = 0;
        try (Rows rows = open(file, Map.of())) {
            while (rows.hasNext()) {
                rows.next();
                count++;
            }
        }
        return count;
    }

    private static Rows csv(Path file, Map<String, String> types) throws IOException {
        Reader reader = Files.newBufferedReader(file);
        CSVParser parser = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(reader);
        return new Rows(parser, parser.stream().map(r -> values(file, r, types)).iterator());
    }

    private static Map<String, JsonNode> values(Path file, CSVRecord row, Map<String, String> types) {
        if (!row.isConsistent()) {
            throw new FaultException(Fault.input(
                    "malformed_row",
                    file + " row " + row.getRecordNumber(),
                    row.size() + " columns",
                    "must have as many columns as the header"));
        }
        Map<String, JsonNode> values = new LinkedHashMap<>();
        row.toMap().forEach((name, cell) -> {
            if (types.getOrDefault(name, STRING).equals(STRING)) {
                values.put(name, TextNode.valueOf(cell));
            } else if (!cell.isBlank()) {
                values.put(name, typed(cell));
            }
        });
        return values;
    }

    private static JsonNode typed(String cell) {
        try {
            return Json.read(cell);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(cell);
        }
    }

    private static Rows jsonLines(Path file) throws IOException {
        BufferedReader reader = Files.newBufferedReader(file);
        Stream<String> lines = reader.lines().filter(l -> !l.isBlank());
        return new Rows(reader, lines.map(l -> values(file, l)).iterator());
    }

    private static Map<String, JsonNode> values(Path file, String line) {
        try {
            JsonNode row = Json.read(line);
            if (row.isObject()) {
                Map<String, JsonNode> values = new LinkedHashMap<>();
                row.properties().forEach(f -> values.put(f.getKey(), f.getValue()));
                return values;
            }
        } catch (JsonProcessingException e) {
            throw new FaultException(
                    Fault.input("malformed_row", file.toString(), line, "each line must be a JSON object"), e);
        }
        throw new FaultException(
                Fault.input("malformed_row", file.toString(), line, "each line must be a JSON object"));
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    @Override
    public Row next() {
        Map<String, JsonNode> values = new LinkedHashMap<>(rows.next());
        number++;
        JsonNode id = values.remove("id");
        return new Row(id == null ? String.valueOf(number) : id.asText(), values);
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
