package dev.graft.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** What is known of a job's data, as lines of text. */
public final class DatasetLines {
    /** @param report as training-service tells it */
    public static List<String> of(JsonNode report) {
        List<String> lines = new ArrayList<>(ofFile("training file", report.path("training")));
        if (report.path("validation").isObject()) {
            lines.addAll(ofFile("validation file", report.path("validation")));
        }
        return lines;
    }

    /** Whether a job on this data would be refused. */
    public static boolean refused(JsonNode report) {
        return StreamSupport.stream(report.findValues("severity").spliterator(), false)
                .anyMatch(severity -> severity.asText().equalsIgnoreCase("error"));
    }

    private static List<String> ofFile(String name, JsonNode file) {
        List<String> lines = new ArrayList<>();
        lines.add(name + ": " + file.path("examples").asInt() + " examples");
        JsonNode lengths = file.path("lengths");
        if (lengths.isObject()) {
            lines.add("  tokens: " + lengths.path("total").asLong() + " in all, "
                    + lengths.path("learned").asLong() + " learned; shortest "
                    + lengths.path("shortest").asInt() + ", median "
                    + lengths.path("median").asInt() + ", 95 % at most "
                    + lengths.path("p95").asInt() + ", longest "
                    + lengths.path("longest").asInt());
        }
        file.path("labels")
                .properties()
                .forEach(label -> lines.add(
                        "  label " + label.getKey() + ": " + label.getValue().asInt()));
        if (file.path("cutExamples").asInt() > 0) {
            lines.add("  cut: " + file.path("cutExamples").asInt() + " examples lose "
                    + file.path("cutTokens").asLong() + " tokens");
        }
        file.path("findings").forEach(finding -> lines.add("  " + finding(finding)));
        return lines;
    }

    private static String finding(JsonNode finding) {
        List<String> numbers = new ArrayList<>();
        JsonNode others = finding.path("others");
        finding.path("lines")
                .forEach(line -> numbers.add(line.asText()
                        + (others.has(numbers.size())
                                ? " (see " + others.path(numbers.size()).asText() + ")"
                                : "")));
        int count = finding.path("count").asInt();
        String where = numbers.isEmpty() ? "" : (count == 1 ? ": line " : ": lines ") + String.join(", ", numbers);
        String more = !numbers.isEmpty() && count > numbers.size() ? " and " + (count - numbers.size()) + " more" : "";
        return finding.path("severity").asText().toLowerCase(Locale.ROOT) + ": "
                + finding.path("message").asText() + where + more;
    }

    private DatasetLines() {}
}
