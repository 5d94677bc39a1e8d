package dev.graft.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's rows as a table for people. */
final class DemoTable {
    private static final List<String> HEAD = List.of(
            "template",
            "answer",
            "accuracy",
            "95 % interval",
            "none of the labels",
            "prompt tokens",
            "p50 ms",
            "p95 ms",
            "calls/s");

    static String of(List<DemoRow> rows) {
        List<List<String>> cells = new ArrayList<>(List.of(HEAD));
        rows.forEach(r -> cells.add(cells(r)));
        int[] widths = new int[HEAD.size()];
        cells.forEach(row -> {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        });
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String line = line(cells.get(i), widths);
            table.append(line).append(System.lineSeparator());
            if (i == 0) {
                table.append("-".repeat(line.length())).append(System.lineSeparator());
            }
        }
        return table.toString();
    }

    /** Names to the left, figures to the right. */
    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String pad = " ".repeat(widths[column] - cells.get(column).length());
            line.append(column == 0 ? cells.get(column) + pad : "  " + pad + cells.get(column));
        }
        return line.toString();
    }

    private static List<String> cells(DemoRow row) {
        Accuracy accuracy = row.accuracy();
        return List.of(
                row.template(),
                DemoRow.word(row.mode()),
                String.format(Locale.ROOT, "%.1f %%", 100 * accuracy.share()),
                String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * accuracy.low(), 100 * accuracy.high()),
                row.noneOfTheLabels() + (row.failed() == 0 ? "" : " (" + row.failed() + " failed)"),
                String.format(Locale.ROOT, "%.0f", row.promptTokens()),
                String.format(Locale.ROOT, "%.0f", row.p50Ms()),
                String.format(Locale.ROOT, "%.0f", row.p95Ms()),
                String.format(Locale.ROOT, "%.1f", row.callsPerSecond()));
    }

    private DemoTable() {}
}
