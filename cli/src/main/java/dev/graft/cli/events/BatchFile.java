package dev.graft.cli.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Runs a template over the rows of a file and writes a line for each, in the order in which answers come. */
public final class BatchFile {
    private final String bootstrapServers;
    private final int window;
    private final Map<String, String> types;

    /** How many rows were answered and how many failed. */
    public record Summary(long answered, long failed) {}

    /**
     * @param window rows under way at the same time
     * @param types what the template declares its variables as, by their names
     */
    public BatchFile(String bootstrapServers, int window, Map<String, String> types) {
        this.bootstrapServers = bootstrapServers;
        this.window = window;
        this.types = Map.copyOf(types);
    }

    /**
     * @param common variables of every row; the row's own go before them
     * @param out appears when all rows are through, whole
     */
    public Summary run(String template, Map<String, JsonNode> common, Path data, Path out, Progress.Task task)
            throws IOException {
        long total = Rows.count(data);
        Path partial = out.resolveSibling(out.getFileName() + ".partial");
        Summary summary;
        try (Rows rows = Rows.open(data, types);
                BufferedWriter writer = Files.newBufferedWriter(partial);
                PromptBatch batch = new PromptBatch(bootstrapServers, window)) {
            summary = run(template, common, rows, batch, writer, total, task);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
        Files.move(partial, out, StandardCopyOption.REPLACE_EXISTING);
        return summary;
    }

    private static Summary run(
            String template,
            Map<String, JsonNode> common,
            Rows rows,
            PromptBatch batch,
            BufferedWriter writer,
            long total,
            Progress.Task task)
            throws IOException {
        String run = UUID.randomUUID().toString();
        Map<String, String> names = new HashMap<>();
        long[] count = new long[2];
        Iterator<PromptRequest> requests = requests(template, common, rows, run, names);
        batch.run(requests, (result, latency) -> {
            count[result instanceof PromptResult.Answered ? 0 : 1]++;
            writer.write(Json.line(line(String.valueOf(names.remove(result.id())), result)));
            writer.newLine();
            task.at(count[0] + count[1], total, count[1] == 0 ? "" : count[1] + " failed");
        });
        return new Summary(count[0], count[1]);
    }

    /** Their ids are new with each run: the same id again would get the stored answer of the run before. */
    private static Iterator<PromptRequest> requests(
            String template, Map<String, JsonNode> common, Rows rows, String run, Map<String, String> names) {
        return new Iterator<>() {
            private long number;

            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public PromptRequest next() {
                Rows.Row row = rows.next();
                String id = run + "-" + ++number;
                names.put(id, row.id());
                Map<String, JsonNode> values = new LinkedHashMap<>(common);
                values.putAll(row.values());
                return new PromptRequest(id, template, values, Optional.empty(), 0, Optional.empty());
            }
        };
    }

    /** What is written of a row. */
    static Map<String, Object> line(String id, PromptResult result) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("id", id);
        switch (result) {
            case PromptResult.Answered answered -> {
                line.put("answer", answered.text());
                line.put("valid", answered.valid());
                line.put("labels", answered.labels());
                line.put("template", answered.template() + "@" + answered.version());
                line.put("served", answered.served());
            }
            case PromptResult.Failed failed -> line.put("fault", failed.fault());
        }
        return line;
    }
}
