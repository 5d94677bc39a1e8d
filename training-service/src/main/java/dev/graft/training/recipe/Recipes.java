package dev.graft.training.recipe;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.TrainingRecipe;
import dev.graft.model.adapter.Target;
import dev.graft.training.recipe.Recipe.Batch;
import dev.graft.training.recipe.Recipe.Length;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a sender asked for, completed by the defaults. */
public final class Recipes {
    /** @throws FaultException {@code invalid_recipe}, naming the field */
    public static Recipe of(TrainingRecipe asked) {
        Recipe otherwise = Recipe.DEFAULT;
        return new Recipe(
                asked.rank().orElse(otherwise.rank()),
                asked.alpha().orElse(otherwise.alpha()),
                asked.dropout().orElse(otherwise.dropout()),
                asked.targets().isEmpty() ? otherwise.targets() : targets(asked.targets()),
                asked.rankStabilised().orElse(otherwise.rankStabilised()),
                asked.loraPlusRatio().orElse(otherwise.loraPlusRatio()),
                asked.learningRate().orElse(otherwise.learningRate()),
                asked.schedule().map(Recipes::schedule).orElse(otherwise.schedule()),
                asked.warmUp().orElse(otherwise.warmUp()),
                asked.weightDecay().orElse(otherwise.weightDecay()),
                asked.clipNorm().orElse(otherwise.clipNorm()),
                asked.accumulation().orElse(otherwise.accumulation()),
                batch(asked),
                length(asked),
                asked.seed().orElse(otherwise.seed()),
                asked.precision().map(Recipes::precision).orElse(otherwise.precision()));
    }

    /** The same, its precision decided. */
    public static Recipe computedIn(Recipe recipe, TrainingRecipe.Precision precision) {
        return recipe.in(precision(precision));
    }

    /** All of it in a few words, for an adapter's lineage. */
    public static String summary(Recipe recipe) {
        String targets = recipe.targets().stream().map(Recipes::name).collect(Collectors.joining(","));
        String batch = switch (recipe.batch()) {
            case Batch.Examples(int examples) -> "batch " + examples;
            case Batch.Tokens(int tokens) -> "batch " + tokens + " tokens";
        };
        String length = switch (recipe.length()) {
            case Length.Epochs(int epochs) -> epochs + (epochs == 1 ? " epoch" : " epochs");
            case Length.Steps(int steps) -> steps + " steps";
        };
        return String.format(
                Locale.ROOT,
                "r %d, alpha %s%s, %s, dropout %s, lr %s %s%s, warm-up %s, decay %s, clip %s, %s%s, %s, seed %d, %s",
                recipe.rank(),
                recipe.alpha(),
                recipe.rankStabilised() ? " / sqrt r" : "",
                targets,
                recipe.dropout(),
                recipe.learningRate(),
                recipe.schedule().name().toLowerCase(Locale.ROOT),
                recipe.loraPlusRatio() == 1 ? "" : ", B " + recipe.loraPlusRatio() + " times",
                recipe.warmUp(),
                recipe.weightDecay(),
                recipe.clipNorm(),
                batch,
                recipe.accumulation() == 1 ? "" : " x " + recipe.accumulation(),
                length,
                recipe.seed(),
                recipe.precision().name().toLowerCase(Locale.ROOT));
    }

    private static Batch batch(TrainingRecipe asked) {
        if (asked.batchTokens().isEmpty()) {
            return asked.batchExamples().isPresent()
                    ? new Batch.Examples(asked.batchExamples().getAsInt())
                    : Recipe.DEFAULT.batch();
        }
        if (asked.batchExamples().isPresent()) {
            throw refused(
                    "batch_tokens",
                    asked.batchTokens().getAsInt(),
                    "must stand alone: a batch is counted in examples or in tokens");
        }
        return new Batch.Tokens(asked.batchTokens().getAsInt());
    }

    private static Length length(TrainingRecipe asked) {
        if (asked.steps().isEmpty()) {
            return asked.epochs().isPresent() ? new Length.Epochs(asked.epochs().getAsInt()) : Recipe.DEFAULT.length();
        }
        if (asked.epochs().isPresent()) {
            throw refused(
                    "steps", asked.steps().getAsInt(), "must stand alone: a training ends after epochs or after steps");
        }
        return new Length.Steps(asked.steps().getAsInt());
    }

    private static Set<Target> targets(List<String> names) {
        Set<Target> targets = EnumSet.noneOf(Target.class);
        for (String name : names) {
            targets.add(Arrays.stream(Target.values())
                    .filter(target -> name(target).equals(name))
                    .findFirst()
                    .orElseThrow(() -> refused("targets", name, "must be q, k, v, o, gate, up or down")));
        }
        return targets;
    }

    private static String name(Target target) {
        return target.name().toLowerCase(Locale.ROOT);
    }

    private static Recipe.Schedule schedule(TrainingRecipe.Schedule schedule) {
        return switch (schedule) {
            case LINEAR -> Recipe.Schedule.LINEAR;
            case COSINE -> Recipe.Schedule.COSINE;
            case CONSTANT -> Recipe.Schedule.CONSTANT;
        };
    }

    private static Recipe.Precision precision(TrainingRecipe.Precision precision) {
        return switch (precision) {
            case FP32 -> Recipe.Precision.FP32;
            case BF16 -> Recipe.Precision.BF16;
            case AUTO -> Recipe.Precision.AUTO;
        };
    }

    private static FaultException refused(String field, Object value, String remedy) {
        return new FaultException(Fault.input("invalid_recipe", field, value, remedy));
    }

    private Recipes() {}
}
