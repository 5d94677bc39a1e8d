package dev.graft.cli.adapters;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Adapters as lines of text. */
public final class AdapterTable {
    /** One line an adapter: what its name stands for and how far that is on the instance that was asked. */
    public static List<String> lines(JsonNode list) {
        List<String> lines = new ArrayList<>();
        list.path("data").forEach(adapter -> lines.add(line(adapter)));
        if (lines.isEmpty()) {
            lines.add("no adapters for " + list.path("base").asText());
        }
        if (list.path("kept_in").asText().equals("memory")) {
            lines.add("kept in memory only: gone when the service stops");
        }
        return lines;
    }

    /** One adapter over several lines. */
    public static List<String> whole(JsonNode adapter) {
        List<String> lines = new ArrayList<>();
        lines.add(adapter.path("name").asText() + ", revision "
                + adapter.path("revision").asLong() + more(adapter));
        adapter.path("generations").forEach(generation -> {
            lines.add(String.format(
                    Locale.ROOT,
                    "  @%-4d %-9s %-9s rank %d on %s, %d KB, %s",
                    generation.path("generation").asInt(),
                    generation.path("state").asText(),
                    here(generation),
                    generation.path("rank").asInt(),
                    texts(generation.path("targets"), ","),
                    (generation.path("bytes").asLong() + 1023) / 1024,
                    generation.path("created_at").asText()));
            lines.add("        " + generation.path("source").asText());
            lines.add("        sha256 " + generation.path("sha256").asText());
            String lineage = lineage(generation.path("lineage"));
            if (!lineage.isEmpty()) {
                lines.add("        " + lineage);
            }
            if (generation.path("here").has("reason")) {
                lines.add("        failed: "
                        + generation.path("here").path("reason").asText());
            }
        });
        return lines;
    }

    private static String line(JsonNode adapter) {
        JsonNode live = adapter.path("live");
        String stands = "no generation live";
        for (JsonNode generation : adapter.path("generations")) {
            if (live.isInt() && generation.path("generation").asInt() == live.asInt()) {
                stands = "@" + live.asInt() + " live, " + here(generation);
            }
        }
        return String.format(
                Locale.ROOT,
                "%-24s %-20s %d of them%s",
                adapter.path("name").asText(),
                stands,
                adapter.path("generations").size(),
                more(adapter));
    }

    /** Labels and share. */
    private static String more(JsonNode adapter) {
        StringBuilder more = new StringBuilder();
        adapter.path("labels")
                .properties()
                .forEach(label -> more.append(", ")
                        .append(label.getKey())
                        .append("=@")
                        .append(label.getValue().asInt()));
        JsonNode share = adapter.path("share");
        if (share.isObject()) {
            more.append(", ")
                    .append(share.path("percent").asInt())
                    .append(" % to @")
                    .append(share.path("generation").asInt());
        }
        return more.toString();
    }

    private static String here(JsonNode generation) {
        return generation.path("here").path("state").asText();
    }

    private static String lineage(JsonNode lineage) {
        List<String> parts = new ArrayList<>();
        lineage.properties()
                .forEach(part -> parts.add(part.getKey() + " " + part.getValue().asText()));
        return String.join(", ", parts);
    }

    private static String texts(JsonNode array, String between) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return String.join(between, texts);
    }

    private AdapterTable() {}
}
