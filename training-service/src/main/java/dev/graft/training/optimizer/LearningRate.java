package dev.graft.training.optimizer;

import dev.graft.training.recipe.Recipe;

/**
 * The learning rate of each step: it rises from 0 in a straight line while warming up, then goes down as the recipe says. The figures are those of
 * Hugging Face's {@code get_linear_schedule_with_warmup} and its siblings, so that runs can be compared.
 *
 * @param highest reached at the end of warm-up
 * @param warmUpSteps in which it rises
 * @param steps of the whole training
 */
public record LearningRate(double highest, Recipe.Schedule schedule, int warmUpSteps, int steps) {
    public static LearningRate of(Recipe recipe, int steps) {
        // The first step of a warm-up has the rate 0: a training of that step alone would learn nothing.
        int warmUpSteps = Math.min((int) Math.ceil(recipe.warmUp() * steps), steps - 1);
        return new LearningRate(recipe.learningRate(), recipe.schedule(), warmUpSteps, steps);
    }

    /**
     * Of one step.
     *
     * @param step from 0
     */
    public double at(int step) {
        if (step < warmUpSteps) {
            return highest * step / Math.max(1, warmUpSteps);
        }
        double progress = (double) (step - warmUpSteps) / Math.max(1, steps - warmUpSteps);
        return highest
                * switch (schedule) {
                    case CONSTANT -> 1;
                    case LINEAR -> Math.max(0, 1 - progress);
                    case COSINE -> Math.max(0, (1 + Math.cos(Math.PI * progress)) / 2);
                };
    }
}
