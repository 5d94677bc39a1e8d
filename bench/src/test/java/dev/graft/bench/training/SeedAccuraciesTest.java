package dev.graft.bench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.bench.row.TrainingGoal;
import org.junit.jupiter.api.Test;

class SeedAccuraciesTest {
    /** By hand: both variances 4, t of 4 degrees of freedom 2.7764, 2.7764 · √(2 · 4 / 3) = 4.534. */
    @Test
    void chanceIsHalfOfTheIntervalOfTheMeansDifference() {
        SeedAccuracies seeds = new SeedAccuracies(new double[] {80, 82, 84}, new double[] {79, 81, 83});
        assertThat(seeds.chance()).isCloseTo(4.534 / 81, within(1e-4));
    }

    @Test
    void worseThanThePeerIsMissedOnlyWhereChanceDoesNotExplainIt() {
        double chance = 0.056;
        assertThat(TrainingGoal.REVIEWS_ACCURACY.against(0.77, 0.81, chance).reached())
                .isTrue();
        assertThat(TrainingGoal.REVIEWS_ACCURACY.against(0.75, 0.81, chance).reached())
                .isFalse();
    }
}
