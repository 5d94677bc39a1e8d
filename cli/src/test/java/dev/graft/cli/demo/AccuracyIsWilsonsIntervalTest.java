package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AccuracyIsWilsonsIntervalTest {
    /** Expected: scipy.stats.binomtest(80, 100).proportion_ci(method="wilson"). */
    @Test
    void eightyOfAHundredIsSeventyOneToEightySeven() {
        Accuracy accuracy = Accuracy.of(80, 100);
        assertThat(accuracy.share()).isEqualTo(0.8);
        assertThat(accuracy.low()).isCloseTo(0.7112, within(5e-5));
        assertThat(accuracy.high()).isCloseTo(0.8666, within(5e-5));
    }

    @Test
    void noneRightBeginsAtZeroAndAllRightEndsAtOneForEverySampleSize() {
        for (int cases = 1; cases <= 2000; cases++) {
            assertThat(Accuracy.of(0, cases).low()).isEqualTo(0);
            assertThat(Accuracy.of(cases, cases).high()).isEqualTo(1);
        }
    }
}
