package dev.graft.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What adapters answered, as lines for people. */
final class AdapterLines {
    static List<String> of(AdapterReport report) {
        int width = report.answers().stream()
                .mapToInt(answer -> answer.served().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add("Three adapters imported from PEFT (rank " + report.rank() + " on q and v; " + report.weights()
                + " weights) and the base, asked at once: " + report.question());
        report.answers().forEach(answer -> lines.add(line(answer, width)));
        lines.add(String.format(
                Locale.ROOT,
                "%d answers of %d tokens in one batch: %.0f ms each with its own adapter, %.0f ms all with the same (medians of %d turns).",
                report.answers().size(),
                report.tokens(),
                report.eachItsOwnMs(),
                report.oneForAllMs(),
                report.turns()));
        return lines;
    }

    /** What served it, and its text on one line. */
    private static String line(AdapterReport.Answer answer, int width) {
        return answer.served() + " ".repeat(width - answer.served().length()) + "  "
                + answer.text().replaceAll("\\s+", " ");
    }

    private AdapterLines() {}
}
