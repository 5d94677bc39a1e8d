package dev.graft.training.dataset;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something odd about a file's lines.
 *
 * @param severity what it means
 * @param code short, stable, in snake case
 * @param message what is odd, for people
 * @param count how many lines are so
 * @param lines the first of them, from 1
 */
public record Finding(Severity severity, String code, String message, int count, List<Integer> lines) {
    public Finding {
        lines = List.copyOf(lines);
    }

    /** One line for people, with the numbers of the file's lines. */
    public String text() {
        if (lines.isEmpty()) {
            return message;
        }
        String numbers = lines.stream().map(String::valueOf).collect(Collectors.joining(", "));
        String more = count > lines.size() ? " and " + (count - lines.size()) + " more" : "";
        return message + (count == 1 ? ": line " : ": lines ") + numbers + more;
    }
}
