package dev.graft.bench.training;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.model.adapter.Target;
import dev.graft.training.recipe.Recipe;
import java.util.EnumSet;
import java.util.Map;

/** The recipe of all rows, and how a process is told of it. */
final class Recipes {
    private static final int BATCH = 8;
    private static final double LEARNING_RATE = 5e-4;

    /** Rank 16, alpha 32, q and v, batches of eight, a linear schedule without warm-up, no weight decay. */
    static Recipe of(double dropout, Recipe.Length length, long seed, Recipe.Precision precision) {
        return of(dropout, LEARNING_RATE, length, seed, precision);
    }

    /** The same at another learning rate. */
    static Recipe of(double dropout, double learningRate, Recipe.Length length, long seed, Recipe.Precision precision) {
        return new Recipe(
                16,
                32,
                dropout,
                EnumSet.of(Target.Q, Target.V),
                false,
                1,
                learningRate,
                Recipe.Schedule.LINEAR,
                0,
                0,
                1,
                1,
                new Recipe.Batch.Examples(BATCH),
                length,
                seed,
                precision);
    }

    static Map<String, Object> json(Recipe recipe) {
        boolean epochs = recipe.length() instanceof Recipe.Length.Epochs;
        int length = switch (recipe.length()) {
            case Recipe.Length.Epochs(int n) -> n;
            case Recipe.Length.Steps(int n) -> n;
        };
        return Map.of(
                "dropout",
                recipe.dropout(),
                "learning_rate",
                recipe.learningRate(),
                epochs ? "epochs" : "steps",
                length,
                "seed",
                recipe.seed(),
                "precision",
                recipe.precision().name());
    }

    static Recipe read(JsonNode json) {
        Recipe.Length length = json.has("epochs")
                ? new Recipe.Length.Epochs(json.path("epochs").asInt())
                : new Recipe.Length.Steps(json.path("steps").asInt());
        return of(
                json.path("dropout").asDouble(),
                json.path("learning_rate").asDouble(),
                length,
                json.path("seed").asLong(),
                Recipe.Precision.valueOf(json.path("precision").asText()));
    }

    private Recipes() {}
}
