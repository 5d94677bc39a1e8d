package dev.graft.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.training.recipe.Recipe;
import dev.graft.training.recipe.Recipe.Schedule;
import org.junit.jupiter.api.Test;

/** The rates of {@code transformers.get_scheduler}, 10 steps of which 4 warm up, highest 1. */
class LearningRatesAreHuggingFacesTest {
    @Test
    void linear() {
        assertRates(Schedule.LINEAR, 0, 0.25, 0.5, 0.75, 1, 5 / 6.0, 4 / 6.0, 0.5, 2 / 6.0, 1 / 6.0);
    }

    @Test
    void cosine() {
        assertRates(Schedule.COSINE, 0, 0.25, 0.5, 0.75, 1, 0.9330127018922194, 0.75, 0.5, 0.25, 0.06698729810778066);
    }

    @Test
    void constant() {
        assertRates(Schedule.CONSTANT, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void aPartOfAStepIsAWholeOneOfWarmUp() {
        assertThat(LearningRate.of(Recipe.DEFAULT, 34).warmUpSteps()).isEqualTo(2);
    }

    /** A warm-up begins at 0: alone, its step would change nothing. */
    @Test
    void theOnlyStepOfATrainingLearns() {
        assertThat(LearningRate.of(Recipe.DEFAULT, 1).at(0)).isEqualTo(Recipe.DEFAULT.learningRate());
    }

    private static void assertRates(Schedule schedule, double... right) {
        var rate = new LearningRate(1, schedule, 4, right.length);
        for (int step = 0; step < right.length; step++) {
            assertThat(rate.at(step)).as("step %d", step).isCloseTo(right[step], within(1e-12));
        }
    }
}
