package dev.graft.training.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.training.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** OpenAI's hyperparameters by their names, and Graft's by theirs. */
final class HyperparameterFields {
    /** @param seed of the whole request */
    static TrainingRecipe recipe(Fields fields, OptionalLong seed) {
        var recipe = new TrainingRecipe(
                fields.whole("rank"),
                fields.real("alpha"),
                fields.real("dropout"),
                targets(fields),
                fields.truth("rank_stabilised"),
                fields.real("lora_plus_ratio"),
                learningRate(fields),
                fields.text("schedule").map(word -> schedule(fields, word)),
                fields.real("warm_up"),
                fields.real("weight_decay"),
                fields.real("clip_norm"),
                fields.whole("accumulation"),
                fields.whole("batch_size"),
                fields.whole("batch_tokens"),
                fields.whole("n_epochs"),
                fields.whole("steps"),
                seed,
                fields.text("precision").map(word -> precision(fields, word)));
        fields.end();
        return recipe;
    }

    /** All by default but the seed. */
    static TrainingRecipe seeded(OptionalLong seed) {
        return new TrainingRecipe(
                OptionalInt.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                List.of(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                seed,
                Optional.empty());
    }

    /** OpenAI's multiplies the default; ours says the rate itself. */
    private static OptionalDouble learningRate(Fields fields) {
        OptionalDouble multiplier = fields.real("learning_rate_multiplier");
        OptionalDouble rate = fields.real("learning_rate");
        if (multiplier.isPresent() && rate.isPresent()) {
            throw fields.invalid(
                    "learning_rate_multiplier", multiplier.getAsDouble(), "must stand alone, without learning_rate");
        }
        return multiplier.isPresent()
                ? OptionalDouble.of(multiplier.getAsDouble() * Recipe.DEFAULT.learningRate())
                : rate;
    }

    private static List<String> targets(Fields fields) {
        List<String> targets = new ArrayList<>();
        Optional<JsonNode> array = fields.value("targets");
        if (array.isPresent() && !array.get().isArray()) {
            throw fields.invalid("targets", array.get(), "must be an array of q, k, v, o, gate, up, down");
        }
        array.ifPresent(names -> names.forEach(name -> targets.add(name.asText())));
        return targets;
    }

    private static TrainingRecipe.Schedule schedule(Fields fields, String word) {
        return switch (word) {
            case "linear" -> TrainingRecipe.Schedule.LINEAR;
            case "cosine" -> TrainingRecipe.Schedule.COSINE;
            case "constant" -> TrainingRecipe.Schedule.CONSTANT;
            default -> throw fields.invalid("schedule", word, "must be linear, cosine or constant");
        };
    }

    private static TrainingRecipe.Precision precision(Fields fields, String word) {
        return switch (word) {
            case "fp32" -> TrainingRecipe.Precision.FP32;
            case "bf16" -> TrainingRecipe.Precision.BF16;
            case "auto" -> TrainingRecipe.Precision.AUTO;
            default -> throw fields.invalid("precision", word, "must be fp32, bf16 or auto");
        };
    }

    private HyperparameterFields() {}
}
