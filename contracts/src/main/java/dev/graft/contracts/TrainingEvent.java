package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What happens to a training job; all of them together are its state. Key: its id. After a crash steps come again with the same figures; whatever
 * follows {@code succeeded}, {@code failed} or {@code cancelled} is to be passed over, and so is what is said by an attempt that is over.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainingEvent.Queued.class, name = "queued"),
    @JsonSubTypes.Type(value = TrainingEvent.Validating.class, name = "validating"),
    @JsonSubTypes.Type(value = TrainingEvent.Validated.class, name = "validated"),
    @JsonSubTypes.Type(value = TrainingEvent.Waiting.class, name = "waiting"),
    @JsonSubTypes.Type(value = TrainingEvent.Running.class, name = "running"),
    @JsonSubTypes.Type(value = TrainingEvent.Step.class, name = "step"),
    @JsonSubTypes.Type(value = TrainingEvent.Evaluation.class, name = "evaluation"),
    @JsonSubTypes.Type(value = TrainingEvent.Checkpoint.class, name = "checkpoint"),
    @JsonSubTypes.Type(value = TrainingEvent.Paused.class, name = "paused"),
    @JsonSubTypes.Type(value = TrainingEvent.Succeeded.class, name = "succeeded"),
    @JsonSubTypes.Type(value = TrainingEvent.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = TrainingEvent.Cancelled.class, name = "cancelled")
})
public sealed interface TrainingEvent {
    /** The job's id. */
    String id();

    /** When. */
    Instant at();

    /**
     * It waits for a worker: at first, after a pause, and when a worker that stops gives it back.
     *
     * @param request what is to be done
     * @param attempt of the worker that had it last; 0: none had. Where another has it since, this is to be passed over
     */
    record Queued(String id, Instant at, TrainingRequest request, int attempt) implements TrainingEvent {}

    /**
     * A worker took it and reads its data. Of two that say so of one job, the one with the higher attempt has it, and of two with the same, the first;
     * none has a job that is paused. From here on an attempt's number is in all that its worker says, and what is said by a lower one is to be passed over.
     *
     * @param worker that has it from now on
     * @param attempt counts the workers that had it
     */
    record Validating(String id, Instant at, String worker, int attempt) implements TrainingEvent {}

    /**
     * The data can be trained on.
     *
     * @param examples that are learned
     * @param validationExamples that are measured on
     * @param tokens of the examples that are learned
     * @param attempt whose
     * @param warnings what is odd about them, each with its lines, and what can't be checked before the end
     */
    record Validated(
            String id,
            Instant at,
            int attempt,
            int examples,
            int validationExamples,
            long tokens,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> warnings)
            implements TrainingEvent {
        public Validated {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It is ready to be trained, and waits for memory that other jobs of the same process have.
     *
     * @param attempt whose
     * @param reason with the figures
     */
    record Waiting(String id, Instant at, int attempt, String reason) implements TrainingEvent {}

    /**
     * A worker begins to train, goes on where a checkpoint was, or has done all steps and registers the adapter.
     *
     * @param worker that has it
     * @param attempt counts the workers that had it
     * @param step that was the last one done; 0 at the beginning
     * @param steps there are in all
     * @param estimatedBytes of memory that its process is expected to take; absent where that is not known
     * @param arithmetic what the job is computed with; the first that is said counts for all who go on
     */
    record Running(
            String id,
            Instant at,
            String worker,
            int attempt,
            int step,
            int steps,
            OptionalLong estimatedBytes,
            Arithmetic arithmetic)
            implements TrainingEvent {}

    /**
     * What the digits of an adapter depend on beside its request.
     *
     * @param precision of the matrix products: {@code FP32} or {@code BF16}
     * @param threads that compute
     * @param baseSha256 of the base model's file
     */
    record Arithmetic(TrainingRecipe.Precision precision, int threads, String baseSha256) {}

    /**
     * A step was done.
     *
     * @param attempt whose
     * @param step which one, from 1
     * @param steps there are in all
     * @param loss mean over the tokens of its batch, in nats
     * @param learningRate that it used
     * @param gradientNorm over all tensors, before clipping
     * @param tokensPerSecond over the last steps
     * @param secondsLeft as far as that tells
     * @param trainedTokens of all steps until now
     * @param residentBytes the most memory that its process had after any step of this attempt; absent where that is not known
     * @param warnings what went wrong since the step before, though the training goes on
     */
    record Step(
            String id,
            Instant at,
            int attempt,
            int step,
            int steps,
            double loss,
            double learningRate,
            double gradientNorm,
            double tokensPerSecond,
            double secondsLeft,
            long trainedTokens,
            OptionalLong residentBytes,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> warnings)
            implements TrainingEvent {
        public Step {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It was measured on the validation examples.
     *
     * @param attempt whose
     * @param step after which
     * @param loss mean over their learned tokens, in nats
     * @param accuracy share whose right label is the likeliest; absent where the examples have no labels, or too many
     * @param macroF1 mean over the labels of F1; absent with accuracy
     * @param best whether no loss before was as low: then this is what will be exported, unless a better one comes
     */
    record Evaluation(
            String id,
            Instant at,
            int attempt,
            int step,
            double loss,
            OptionalDouble accuracy,
            OptionalDouble macroF1,
            boolean best)
            implements TrainingEvent {}

    /**
     * Its state is safe: after a crash it goes on from here.
     *
     * @param attempt whose
     * @param step that was the last one done
     */
    record Checkpoint(String id, Instant at, int attempt, int step) implements TrainingEvent {}

    /**
     * It keeps its state and takes no worker until it is resumed.
     *
     * @param attempt of the worker that had it last; 0: none had. Where another has it since, this is to be passed over
     * @param step that was the last one done
     */
    record Paused(String id, Instant at, int attempt, int step) implements TrainingEvent {}

    /**
     * The adapter is registered and served.
     *
     * @param attempt whose
     * @param adapter its name
     * @param generation its number
     * @param sha256 of its file
     * @param step after which the adapter was as it is exported
     * @param trainedTokens of all steps
     * @param agreement between what was trained and what serves it; absent where nobody could be asked
     * @param warnings where it is not what it should have been
     */
    record Succeeded(
            String id,
            Instant at,
            int attempt,
            String adapter,
            int generation,
            String sha256,
            int step,
            long trainedTokens,
            Optional<ServingAgreement> agreement,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> warnings)
            implements TrainingEvent {
        public Succeeded {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * There is no adapter.
     *
     * @param attempt whose
     * @param fault why
     */
    record Failed(String id, Instant at, int attempt, Fault fault) implements TrainingEvent {}

    /** Somebody ended it. */
    record Cancelled(String id, Instant at) implements TrainingEvent {}
}
