package dev.graft.training.checkpoint;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.OptionalDouble;

/**
 * What a job knows beside the trainer's own state.
 *
 * @param step the last one done
 * @param trainedTokens of all steps
 * @param evaluatedAt the last step that was measured after; 0: none
 * @param bestLoss the lowest on the validation examples; absent: never measured
 * @param bestStep after which it was measured
 * @param worse measurements since then
 */
public record Progress(
        int step, long trainedTokens, int evaluatedAt, OptionalDouble bestLoss, int bestStep, int worse) {
    /** Nothing is done yet. */
    public static Progress none() {
        return new Progress(0, 0, 0, OptionalDouble.empty(), 0, 0);
    }

    /** After one more step. */
    public Progress after(int step, long tokens) {
        return new Progress(step, trainedTokens + tokens, evaluatedAt, bestLoss, bestStep, worse);
    }

    /**
     * After a measurement.
     *
     * @throws FaultException {@code diverged} where it is no finite number, beside which none would ever be better
     */
    public Progress measured(double loss) {
        if (!Double.isFinite(loss)) {
            throw new FaultException(Fault.input(
                    "diverged",
                    "validation loss",
                    loss,
                    "is no finite number after step " + step
                            + ": lower the learning rate or alpha, or warm up for longer"));
        }
        return isBetter(loss)
                ? new Progress(step, trainedTokens, step, OptionalDouble.of(loss), step, 0)
                : new Progress(step, trainedTokens, step, bestLoss, bestStep, worse + 1);
    }

    /** Whether no loss before was as low. */
    public boolean isBetter(double loss) {
        return bestLoss.isEmpty() || loss < bestLoss.getAsDouble();
    }
}
