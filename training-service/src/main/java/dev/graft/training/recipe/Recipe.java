package dev.graft.training.recipe;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.adapter.Target;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * How an adapter is trained; checked, immutable. The same recipe on the same data with as many threads gives the same adapter, byte for byte.
 *
 * @param rank r: rows of A and columns of B
 * @param alpha the adapter's strength; what it adds is scaled by {@link #scale()}
 * @param dropout share of A's inputs that is left out in each step, 0 or above, below 1
 * @param targets which weights of each layer get an adapter
 * @param rankStabilised scale by alpha / √r instead of alpha / r (rsLoRA, Kalajdzievski 2023)
 * @param loraPlusRatio B's learning rate by A's (LoRA+, Hayou et al. 2024); 1: the same
 * @param learningRate A's, at its highest
 * @param schedule how the learning rate goes down after warm-up
 * @param warmUp share of the steps in which it rises from 0, 0 or above, below 1
 * @param weightDecay AdamW's, decoupled
 * @param clipNorm the gradient's norm over all tensors is cut to this; 0: never
 * @param accumulation batches whose gradients are added up to one step
 * @param batch how many examples a batch has
 * @param length when it ends
 * @param seed of A's first values, the order of examples and dropout
 * @param precision of the matrix products
 */
public record Recipe(
        int rank,
        double alpha,
        double dropout,
        Set<Target> targets,
        boolean rankStabilised,
        double loraPlusRatio,
        double learningRate,
        Schedule schedule,
        double warmUp,
        double weightDecay,
        double clipNorm,
        int accumulation,
        Batch batch,
        Length length,
        long seed,
        Precision precision) {
    private static final int HIGHEST_RANK = 1024;
    private static final int MOST = 1_000_000;

    /** Where nothing is said otherwise. The learning rate is not the 2e-5 of full fine-tuning: {@code docs/training.md} measures both. */
    public static final Recipe DEFAULT = new Recipe(
            16,
            32,
            0.05,
            EnumSet.of(Target.Q, Target.V),
            false,
            1,
            5e-4,
            Schedule.LINEAR,
            0.03,
            0.01,
            1,
            1,
            new Batch.Examples(8),
            new Length.Epochs(3),
            42,
            Precision.AUTO);

    /** How the learning rate goes down, from its highest after warm-up to 0 at the last step. */
    public enum Schedule {
        LINEAR,
        /** Half a period of a cosine. */
        COSINE,
        /** It does not. */
        CONSTANT
    }

    /** Of the matrix products; sums, states and the adapter itself are fp32 in any case. */
    public enum Precision {
        FP32,
        BF16,
        /** BF16 where the processor multiplies it natively, FP32 elsewhere. */
        AUTO
    }

    /** How many examples a batch has. */
    public sealed interface Batch {
        /** So many. */
        record Examples(int examples) implements Batch {}

        /** As many whole ones as fit into so many tokens, at least one. */
        record Tokens(int tokens) implements Batch {}
    }

    /** When a training ends. */
    public sealed interface Length {
        /** After each example was seen so often. */
        record Epochs(int epochs) implements Length {}

        /** After so many steps, over as many passes as that takes. */
        record Steps(int steps) implements Length {}
    }

    public Recipe {
        // In the enum's order, which is the same in each run: what is computed in another order ends in other digits.
        targets =
                Collections.unmodifiableSet(targets.isEmpty() ? EnumSet.noneOf(Target.class) : EnumSet.copyOf(targets));
        require(rank >= 1 && rank <= HIGHEST_RANK, "rank", rank, "must be 1 to " + HIGHEST_RANK);
        require(alpha > 0 && alpha <= MOST, "alpha", alpha, "must be above 0, such as twice the rank");
        // In single precision, in which it is computed.
        require(dropout >= 0 && (float) dropout < 1, "dropout", dropout, "must be 0 or above, and below 1");
        require(!targets.isEmpty(), "targets", targets, "must name at least one of q, k, v, o, gate, up, down");
        require(loraPlusRatio >= 1 && loraPlusRatio <= 1000, "lora_plus_ratio", loraPlusRatio, "must be 1 to 1000");
        require(learningRate > 0 && learningRate <= 1, "learning_rate", learningRate, "must be above 0, at most 1");
        require(warmUp >= 0 && warmUp < 1, "warm_up", warmUp, "must be a share of the steps: 0 or above, below 1");
        require(weightDecay >= 0 && weightDecay <= 1, "weight_decay", weightDecay, "must be 0 to 1");
        require(clipNorm >= 0 && clipNorm <= MOST, "clip_norm", clipNorm, "must be above 0, or 0 for none");
        require(accumulation >= 1 && accumulation <= MOST, "accumulation", accumulation, "must be at least 1");
        switch (batch) {
            case Batch.Examples(int examples) ->
                require(examples >= 1 && examples <= MOST, "batch_size", examples, "must be at least 1");
            case Batch.Tokens(int tokens) ->
                require(tokens >= 1 && tokens <= MOST, "batch_tokens", tokens, "must be at least 1");
        }
        switch (length) {
            case Length.Epochs(int epochs) ->
                require(epochs >= 1 && epochs <= MOST, "n_epochs", epochs, "must be at least 1");
            case Length.Steps(int steps) -> require(steps >= 1 && steps <= MOST, "steps", steps, "must be at least 1");
        }
    }

    /** The same, its products in another precision. */
    public Recipe in(Precision other) {
        return new Recipe(
                rank,
                alpha,
                dropout,
                targets,
                rankStabilised,
                loraPlusRatio,
                learningRate,
                schedule,
                warmUp,
                weightDecay,
                clipNorm,
                accumulation,
                batch,
                length,
                seed,
                other);
    }

    /** What B (A x) is multiplied by. */
    public double scale() {
        return alpha / (rankStabilised ? Math.sqrt(rank) : rank);
    }

    private static void require(boolean holds, String field, Object value, String remedy) {
        if (!holds) {
            throw new FaultException(Fault.input("invalid_recipe", field, value, remedy));
        }
    }
}
