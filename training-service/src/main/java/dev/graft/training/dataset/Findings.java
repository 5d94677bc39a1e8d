package dev.graft.training.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Gathers what is odd while a file is read: of each kind the first lines and how many there are. */
final class Findings {
    private static final int LINES_KEPT = 20;

    private final Map<String, Gathered> byMessage = new LinkedHashMap<>();

    private static final class Gathered {
        private final Severity severity;
        private final String code;
        private final List<Integer> lines = new ArrayList<>();
        private final List<Integer> others = new ArrayList<>();
        private int count;

        Gathered(Severity severity, String code) {
            this.severity = severity;
            this.code = code;
        }
    }

    /** One more line of which this is true. */
    void add(Severity severity, String code, String message, int line) {
        add(severity, code, message, line, OptionalInt.empty());
    }

    /** One more line of which this is true beside another line. */
    void add(Severity severity, String code, String message, int line, int other) {
        add(severity, code, message, line, OptionalInt.of(other));
    }

    private void add(Severity severity, String code, String message, int line, OptionalInt other) {
        Gathered gathered = byMessage.computeIfAbsent(message, m -> new Gathered(severity, code));
        gathered.count++;
        if (gathered.lines.size() < LINES_KEPT) {
            gathered.lines.add(line);
            other.ifPresent(gathered.others::add);
        }
    }

    /** Something about the file as a whole. */
    void add(Severity severity, String code, String message) {
        byMessage.computeIfAbsent(message, m -> new Gathered(severity, code)).count++;
    }

    /** Errors first. */
    List<Finding> all() {
        List<Finding> all = new ArrayList<>();
        for (Severity severity : Severity.values()) {
            byMessage.forEach((message, gathered) -> {
                if (gathered.severity == severity) {
                    all.add(new Finding(
                            severity, gathered.code, message, gathered.count, gathered.lines, gathered.others));
                }
            });
        }
        return all;
    }
}
