package dev.graft.training.network;

import dev.graft.model.adapter.Target;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.recipe.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A process that trains a few steps, one training or several side by side, and then says what it was expected to have in memory, and the most that it had. */
public final class OneTraining {
    private static final int STEPS = 3;

    private OneTraining() {}

    /**
     * What is trained.
     *
     * @param length tokens of each example
     * @param memory that may be planned with, bytes
     * @param trainings side by side
     */
    record Case(int batch, int length, int rank, boolean allTargets, long memory, int trainings) {
        List<String> arguments() {
            return List.of("" + batch, "" + length, "" + rank, "" + allTargets, "" + memory, "" + trainings);
        }

        private static Case of(String[] arguments) {
            return new Case(
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    Integer.parseInt(arguments[3]),
                    Boolean.parseBoolean(arguments[4]),
                    Long.parseLong(arguments[5]),
                    Integer.parseInt(arguments[6]));
        }
    }

    /** @param arguments the model's file, and the case's */
    public static void main(String[] arguments) {
        var asked = Case.of(arguments);
        List<TokenizedExample> examples = examples(asked);
        var resources = new Resources(asked.memory(), 2);
        List<Trainer> trainers = new ArrayList<>();
        for (int i = 0; i < asked.trainings(); i++) {
            trainers.add(Trainer.open(Path.of(arguments[0]), recipe(asked), examples, List.of(), resources));
        }
        for (int step = 0; step < STEPS; step++) {
            trainers.forEach(Trainer::step);
        }
        trainers.forEach(trainer -> trainer.loss(examples));
        System.out.println(trainers.getLast().expectedBytes() + " " + ResidentMemory.highest());
        trainers.forEach(Trainer::close);
    }

    private static List<TokenizedExample> examples(Case asked) {
        var random = new Random(1);
        List<TokenizedExample> examples = new ArrayList<>();
        for (int i = 0; i < asked.batch(); i++) {
            int[] tokens = random.ints(asked.length(), 0, 49_000).toArray();
            examples.add(new TokenizedExample(tokens, asked.length() - 3));
        }
        return examples;
    }

    private static Recipe recipe(Case asked) {
        Recipe usual = Recipe.DEFAULT;
        Set<Target> targets = asked.allTargets() ? EnumSet.allOf(Target.class) : usual.targets();
        return new Recipe(
                asked.rank(),
                usual.alpha(),
                usual.dropout(),
                targets,
                usual.rankStabilised(),
                usual.loraPlusRatio(),
                usual.learningRate(),
                usual.schedule(),
                usual.warmUp(),
                usual.weightDecay(),
                usual.clipNorm(),
                usual.accumulation(),
                new Recipe.Batch.Examples(asked.batch()),
                new Recipe.Length.Steps(STEPS),
                usual.seed(),
                usual.precision());
    }
}
