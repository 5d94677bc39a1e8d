package dev.graft.prompt.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What changed from one version to another.
 *
 * @param changes field by field
 * @param text both as YAML, line by line: {@code -} gone, {@code +} new, a space for what stayed
 */
public record TemplateDiff(String name, int from, int to, List<Change> changes, String text) {
    public TemplateDiff {
        changes = List.copyOf(changes);
    }

    /**
     * @param field its path, such as {@code examples[0].answer}
     * @param before as JSON; empty where it is new
     * @param after as JSON; empty where it is gone
     */
    public record Change(String field, String before, String after) {}

    public static TemplateDiff of(Template from, Template to) {
        return new TemplateDiff(
                from.name(),
                from.version(),
                to.version(),
                changes(from.source(), to.source()),
                lines(
                        TemplateJson.writeYaml(from.source()).lines().toList(),
                        TemplateJson.writeYaml(to.source()).lines().toList()));
    }

    private static List<Change> changes(TemplateSource from, TemplateSource to) {
        Map<String, String> before = new TreeMap<>();
        Map<String, String> after = new TreeMap<>();
        leaves(TemplateJson.tree(from), "", before);
        leaves(TemplateJson.tree(to), "", after);
        TreeSet<String> fields = new TreeSet<>(before.keySet());
        fields.addAll(after.keySet());
        return fields.stream()
                .filter(field -> !Objects.equals(before.get(field), after.get(field)))
                .map(field -> new Change(field, before.getOrDefault(field, ""), after.getOrDefault(field, "")))
                .toList();
    }

    private static void leaves(JsonNode node, String path, Map<String, String> leaves) {
        if (node.isObject()) {
            node.properties()
                    .forEach(each -> leaves(
                            each.getValue(), path.isEmpty() ? each.getKey() : path + "." + each.getKey(), leaves));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                leaves(node.get(i), path + "[" + i + "]", leaves);
            }
        } else {
            leaves.put(path, node.toString());
        }
    }

    /** By the longest common subsequence of lines. */
    private static String lines(List<String> from, List<String> to) {
        int[][] common = new int[from.size() + 1][to.size() + 1];
        for (int i = from.size() - 1; i >= 0; i--) {
            for (int j = to.size() - 1; j >= 0; j--) {
                common[i][j] = from.get(i).equals(to.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < from.size() || j < to.size()) {
            if (i < from.size() && j < to.size() && from.get(i).equals(to.get(j))) {
                lines.add(" " + from.get(i++));
                j++;
            } else if (j == to.size() || (i < from.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("-" + from.get(i++));
            } else {
                lines.add("+" + to.get(j++));
            }
        }
        return String.join("\n", lines) + "\n";
    }
}
