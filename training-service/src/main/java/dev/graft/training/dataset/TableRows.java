package dev.graft.training.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** A comma-separated table (RFC 4180) whose first line names the columns. A value may reach over several lines. */
final class TableRows {
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setIgnoreEmptyLines(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .get();

    static void read(InputStream in, Findings findings, Consumer<Row> each) throws IOException {
        var reader = new RowLimitReader(new InputStreamReader(
                in, StandardCharsets.UTF_8.newDecoder())); // a decoder of its own reports what is not UTF-8
        int line = 1;
        try (CSVParser parser = FORMAT.parse(reader)) {
            List<String> columns = parser.getHeaderNames();
            Iterator<CSVRecord> records = parser.iterator();
            line = Math.toIntExact(parser.getCurrentLineNumber()) + 1;
            for (Optional<CSVRecord> record = next(records); record.isPresent(); record = next(records)) {
                reader.rowEnded();
                take(columns, record.get(), line, findings, each);
                line = Math.toIntExact(parser.getCurrentLineNumber()) + 1;
            }
        } catch (CharacterCodingException e) {
            findings.add(Severity.ERROR, "not_utf8", "the file is not UTF-8 at or after this", line);
        } catch (IllegalArgumentException | RowLimitReader.RowTooLongException e) {
            findings.add(Severity.ERROR, "not_csv", "the table can't be read here: " + e.getMessage(), line);
        } catch (IOException e) {
            if (e.getMessage() == null || !e.getMessage().contains("line")) {
                throw e;
            }
            findings.add(Severity.ERROR, "not_csv", "the table can't be read here: quotes don't fit", line);
        }
    }

    /** The iterator wraps what the reader throws. */
    private static Optional<CSVRecord> next(Iterator<CSVRecord> records) throws IOException {
        try {
            return records.hasNext() ? Optional.of(records.next()) : Optional.empty();
        } catch (UncheckedIOException e) {
            throw e.getCause() == null ? new IOException(e) : e.getCause();
        }
    }

    private static void take(List<String> columns, CSVRecord record, int line, Findings findings, Consumer<Row> each) {
        if (record.size() != columns.size()) {
            findings.add(
                    Severity.ERROR, "columns", "has not the " + columns.size() + " values that the header names", line);
            return;
        }
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            fields.put(
                    i == 0 && column.startsWith("\uFEFF") ? column.substring(1) : column,
                    TextNode.valueOf(record.get(i)));
        }
        each.accept(new Row(line, fields));
    }

    private TableRows() {}
}
