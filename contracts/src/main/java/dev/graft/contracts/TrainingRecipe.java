package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How an adapter is trained. What is absent takes the service's default.
 *
 * @param rank r of LoRA
 * @param alpha its strength: scaled by alpha / rank
 * @param dropout share of the adapter's inputs that is left out in a step
 * @param targets any of q, k, v, o, gate, up, down; empty: the default
 * @param rankStabilised scaled by alpha / √rank instead
 * @param loraPlusRatio B's learning rate by A's
 * @param learningRate the highest
 * @param schedule how it goes down
 * @param warmUp share of the steps in which it rises
 * @param weightDecay AdamW's
 * @param clipNorm the gradient's norm is cut to this; 0: never
 * @param accumulation batches of a step
 * @param batchExamples examples of a batch
 * @param batchTokens tokens of a batch, instead
 * @param epochs passes over the examples
 * @param steps steps, instead
 * @param seed of first values, order and dropout
 * @param precision of the matrix products
 */
public record TrainingRecipe(
        OptionalInt rank,
        OptionalDouble alpha,
        OptionalDouble dropout,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> targets,
        Optional<Boolean> rankStabilised,
        OptionalDouble loraPlusRatio,
        OptionalDouble learningRate,
        Optional<Schedule> schedule,
        OptionalDouble warmUp,
        OptionalDouble weightDecay,
        OptionalDouble clipNorm,
        OptionalInt accumulation,
        OptionalInt batchExamples,
        OptionalInt batchTokens,
        OptionalInt epochs,
        OptionalInt steps,
        OptionalLong seed,
        Optional<Precision> precision) {
    public TrainingRecipe {
        targets = List.copyOf(targets);
    }

    /** How the learning rate goes down after warm-up. */
    public enum Schedule {
        @JsonProperty("linear")
        LINEAR,
        @JsonProperty("cosine")
        COSINE,
        @JsonProperty("constant")
        CONSTANT
    }

    /** Of the matrix products. */
    public enum Precision {
        @JsonProperty("fp32")
        FP32,
        @JsonProperty("bf16")
        BF16,
        /** Whichever the processor is better at. */
        @JsonProperty("auto")
        AUTO
    }
}
