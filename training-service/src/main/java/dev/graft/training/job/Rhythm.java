package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingChecks;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * When a training is measured, saved and given up. Measuring goes by steps alone, so that it comes at the same ones after a crash.
 *
 * @param evaluateEvery steps between two measurements
 * @param patience measurements without a better loss after which it ends; empty: never
 * @param checkpointEvery steps between two checkpoints; empty: by time
 * @param checkpointAfter time between two checkpoints
 */
record Rhythm(int evaluateEvery, OptionalInt patience, OptionalInt checkpointEvery, Duration checkpointAfter) {
    private static final int MEASUREMENTS = 5;

    /** @throws FaultException {@code invalid_checks} */
    static void check(TrainingChecks asked) {
        atLeastOne("evaluate_every", asked.evaluateEvery());
        atLeastOne("patience", asked.patience());
        atLeastOne("checkpoint_every", asked.checkpointEvery());
    }

    static Rhythm of(TrainingChecks asked, int steps, Duration checkpointAfter) {
        int fifth = Math.max(1, (steps + MEASUREMENTS - 1) / MEASUREMENTS);
        return new Rhythm(
                asked.evaluateEvery().orElse(fifth), asked.patience(), asked.checkpointEvery(), checkpointAfter);
    }

    boolean evaluates(int step) {
        return step % evaluateEvery == 0;
    }

    /** @param sinceLast time since the last checkpoint */
    boolean saves(int step, Duration sinceLast) {
        return checkpointEvery.isPresent()
                ? step % checkpointEvery.getAsInt() == 0
                : sinceLast.compareTo(checkpointAfter) >= 0;
    }

    boolean givesUp(int worse) {
        return patience.isPresent() && worse >= patience.getAsInt();
    }

    private static void atLeastOne(String field, OptionalInt value) {
        if (value.isPresent() && value.getAsInt() < 1) {
            throw new FaultException(Fault.input("invalid_checks", field, value.getAsInt(), "must be at least 1"));
        }
    }
}
