package dev.graft.contracts;

import java.util.OptionalInt;

/**
 * How often a training is measured and saved, in steps. What is absent takes the service's default.
 *
 * @param evaluateEvery steps between two measurements on the validation examples; absent: five times in all, and at the end
 * @param patience measurements without a better loss after which it stops early; absent: never
 * @param checkpointEvery steps between two checkpoints; absent: by time
 */
public record TrainingChecks(OptionalInt evaluateEvery, OptionalInt patience, OptionalInt checkpointEvery) {
    /** All of it left to the service. */
    public static TrainingChecks defaults() {
        return new TrainingChecks(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
    }
}
