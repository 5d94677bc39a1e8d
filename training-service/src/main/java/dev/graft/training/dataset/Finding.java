package dev.graft.training.dataset;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Something odd about a file's lines.
 *
 * @param severity what it means
 * @param code short, stable, in snake case
 * @param message what is odd, for people
 * @param count how many lines are so
 * @param lines the first of them, from 1
 * @param others for each of those the line that it is odd beside, such as the one that it repeats; empty where it is odd by itself
 */
public record Finding(
        Severity severity, String code, String message, int count, List<Integer> lines, List<Integer> others) {
    public Finding {
        lines = List.copyOf(lines);
        others = List.copyOf(others);
    }

    /** One line for people, with the numbers of the file's lines. */
    public String text() {
        if (lines.isEmpty()) {
            return message;
        }
        String numbers = IntStream.range(0, lines.size()).mapToObj(this::place).collect(Collectors.joining(", "));
        String more = count > lines.size() ? " and " + (count - lines.size()) + " more" : "";
        return message + (count == 1 ? ": line " : ": lines ") + numbers + more;
    }

    /** Such as {@code 7}, or {@code 7 (see 3)}. */
    private String place(int index) {
        return lines.get(index) + (others.isEmpty() ? "" : " (see " + others.get(index) + ")");
    }
}
