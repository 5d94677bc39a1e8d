package dev.graft.inference.schedule;

import java.util.List;

/**
 * What one decode call computes.
 *
 * @param parts decode tokens first, then chunks of prompts
 */
public record StepPlan(List<Part> parts) {
    /** @param count how many of the sequence's pending tokens */
    public record Part(Sequence sequence, int count) {
        /** Whether all that is known of the sequence is computed after this step. */
        public boolean reachesEnd() {
            return count == sequence.pending();
        }

        /** All tokens of this part, label branches included. */
        public int tokens() {
            return count + (reachesEnd() ? sequence.tail() : 0);
        }
    }

    public int tokens() {
        return parts.stream().mapToInt(Part::tokens).sum();
    }

    public boolean isEmpty() {
        return parts.isEmpty();
    }
}
