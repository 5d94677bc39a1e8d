package dev.graft.testing.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rows of settings in a README. Settings that share a row share what stands before their last part, which the first one tells, and each has a default
 * in the second cell.
 */
public record SettingsTable(List<Row> rows) {
    private static final Pattern NAME = Pattern.compile("`(GRAFT_HOME|graft\\.[a-z0-9.-]+|[.…][a-z0-9-]+)`");

    /** One setting and its default. */
    public record Row(String setting, String value) {}

    /** The rows below a line and above another one. */
    public static SettingsTable between(Path readme, String from, String to) throws IOException {
        List<String> lines = Files.readAllLines(readme);
        int begin = lines.indexOf(from);
        int end = begin + 1 + lines.subList(begin + 1, lines.size()).indexOf(to);
        return of(lines.subList(begin, end));
    }

    /** Both. */
    public SettingsTable and(SettingsTable other) {
        return new SettingsTable(
                Stream.concat(rows.stream(), other.rows.stream()).toList());
    }

    public static SettingsTable of(List<String> lines) {
        List<Row> rows = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("| `graft.") || line.startsWith("| `GRAFT_HOME`")) {
                String[] cells = line.split("\\|", -1);
                add(cells[1], cells[2].replace("`", "").strip(), rows);
            }
        }
        return new SettingsTable(rows);
    }

    private static void add(String keys, String values, List<Row> rows) {
        List<String> names =
                NAME.matcher(keys).results().map(SettingsTable::name).toList();
        List<String> defaults = names.size() == 1 ? List.of(values) : Arrays.asList(values.split(","));
        if (defaults.size() != names.size()) {
            throw new AssertionError(names + " have " + defaults.size() + " defaults: " + values);
        }
        String first = names.getFirst();
        String before = first.substring(0, first.lastIndexOf('.') + 1);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            rows.add(new Row(
                    name.startsWith("graft.") ? name : before + name.substring(1),
                    defaults.get(i).replaceFirst(" \\(.*", "").strip()));
        }
    }

    private static String name(MatchResult found) {
        return found.group(1).equals("GRAFT_HOME") ? "graft.home" : found.group(1);
    }
}
