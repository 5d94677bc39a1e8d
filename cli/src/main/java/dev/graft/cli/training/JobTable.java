package dev.graft.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Jobs as lines of text. */
public final class JobTable {
    private static final int MEBIBYTE = 20;

    /** One line a job. */
    public static List<String> lines(JsonNode list) {
        List<String> lines = new ArrayList<>();
        list.path("data").forEach(job -> lines.add(line(job)));
        if (lines.isEmpty()) {
            lines.add("no jobs: graft train begins one");
        }
        return lines;
    }

    /** One job over several lines, with its newest events. */
    public static List<String> whole(JsonNode job, JsonNode events) {
        List<String> lines = new ArrayList<>();
        lines.add(line(job));
        lines.add("  training file " + job.path("training_file").asText());
        lines.add("  hyperparameters " + job.path("hyperparameters"));
        memory(job.path("memory")).ifPresent(lines::add);
        agreement(job.path("serving_agreement")).ifPresent(lines::add);
        if (job.path("error").isObject()) {
            lines.add("  failed: " + job.path("error").path("message").asText());
        }
        events.path("data")
                .forEach(event -> lines.add(String.format(
                        Locale.ROOT,
                        "  %s %s",
                        Instant.ofEpochSecond(event.path("created_at").asLong()),
                        event.path("message").asText())));
        return lines;
    }

    private static Optional<String> memory(JsonNode memory) {
        if (!memory.has("estimated_bytes")) {
            return Optional.empty();
        }
        String used = memory.has("used_bytes") ? mebibytes(memory.path("used_bytes")) + " used" : "not used yet";
        return Optional.of("  memory: " + mebibytes(memory.path("estimated_bytes")) + " estimated, " + used);
    }

    private static String mebibytes(JsonNode bytes) {
        return (bytes.asLong() >> MEBIBYTE) + " MiB";
    }

    /** How far what serves the adapter says the same as what was trained; empty where that is not known. */
    public static Optional<String> agreement(JsonNode agreement) {
        return agreement.isObject()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "  served and trained agree: the same token is likeliest at %.1f %% of %d places, mean KL %.1e",
                        100 * agreement.path("same_likeliest").asDouble(),
                        agreement.path("tokens").asInt(),
                        agreement.path("mean_divergence").asDouble()))
                : Optional.empty();
    }

    private static String line(JsonNode job) {
        String made = job.path("fine_tuned_model").isTextual()
                ? job.path("fine_tuned_model").asText() + "@"
                        + job.path("generation").asInt()
                : job.path("suffix").asText();
        String step = job.path("steps").asInt() > 0
                ? "step " + job.path("step").asInt() + " of "
                        + job.path("steps").asInt()
                : "";
        return String.format(
                        Locale.ROOT,
                        "%-40s %-17s %-24s %s",
                        job.path("id").asText(),
                        job.path("status").asText(),
                        made,
                        step)
                .stripTrailing();
    }

    private JobTable() {}
}
