package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.training.dataset.LabelChoices;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassScoresTest {
    /** By hand: F1 of a is 2/3 (one right, one missed), of b 1/2 (one right, two wrongly chosen), of c 0. */
    @Test
    void accuracyAndTheMeanOfF1() {
        var choices = new LabelChoices(List.of("a", "b", "c"), List.of(0, 0, 1, 2), List.of());
        double[] scores = {-1, -2, -3, -2, -1, -3, -2, -1, -3, -2, -1, -3};

        ClassScores found = ClassScores.of(choices, scores);

        assertThat(found.accuracy()).isEqualTo(0.5);
        assertThat(found.macroF1()).isCloseTo((2.0 / 3 + 0.5 + 0) / 3, within(1e-12));
    }
}
