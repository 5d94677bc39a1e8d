package dev.graft.training.dataset;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds inputs that come twice: with the same answer, or with another one. */
final class Repeats {
    private record Seen(Fingerprint completion, int line) {}

    private final Map<Fingerprint, Seen> byInput = new HashMap<>();

    void check(Example example, Findings findings) {
        Fingerprint completion = Fingerprint.of(example.completion());
        Seen before = byInput.putIfAbsent(Fingerprint.of(example.input()), new Seen(completion, example.line()));
        if (before == null) {
            return;
        }
        if (before.completion.equals(completion)) {
            findings.add(Severity.WARNING, "duplicate", "repeats an earlier example", example.line(), before.line);
        } else {
            findings.add(
                    Severity.WARNING,
                    "contradiction",
                    "has the input of an earlier example and another answer",
                    example.line(),
                    before.line);
        }
    }

    /** The first line that has this example's input. */
    Optional<Integer> lineOf(Example example) {
        return Optional.ofNullable(byInput.get(Fingerprint.of(example.input()))).map(Seen::line);
    }
}
