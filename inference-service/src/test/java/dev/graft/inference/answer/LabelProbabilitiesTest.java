package dev.graft.inference.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Expected values by hand: ln 0.2 and ln 0.6 stand for labels that the model gives 20 % and 60 %. */
class LabelProbabilitiesTest {
    private static final Offset<Double> EXACT = within(1e-12);
    private static final int[] ONE_TOKEN_EACH = {1, 1};

    @Test
    void sumsAreSharesOfTheLabelsLikelihoods() {
        assertThat(of(logs(0.2, 0.6), ONE_TOKEN_EACH, Optional.empty(), Normalisation.SUM, Calibration.NONE))
                .containsExactly(shares(0.25, 0.75), EXACT);
    }

    @Test
    void meansDoNotPunishALongLabel() {
        // two tokens of 0.5 each against one token of 0.5: the same per token
        assertThat(of(logs(0.25, 0.5), new int[] {2, 1}, Optional.empty(), Normalisation.MEAN, Calibration.NONE))
                .containsExactly(shares(0.5, 0.5), EXACT);
    }

    @Test
    void pmiDividesByTheLabelsOwnLikelihood() {
        // 0.2 / 0.1 = 2 against 0.6 / 0.6 = 1
        assertThat(of(logs(0.2, 0.6), ONE_TOKEN_EACH, Optional.of(logs(0.1, 0.6)), Normalisation.PMI, Calibration.NONE))
                .containsExactly(shares(2 / 3.0, 1 / 3.0), EXACT);
    }

    @Test
    void contextualCalibrationDividesByWhatAContentFreeInputGets() {
        // 0.25 and 0.75 over 0.2 and 0.8 is 1.25 and 0.9375
        assertThat(of(
                        logs(0.2, 0.6),
                        ONE_TOKEN_EACH,
                        Optional.of(logs(0.1, 0.4)),
                        Normalisation.SUM,
                        Calibration.CONTEXTUAL))
                .containsExactly(shares(1.25 / 2.1875, 0.9375 / 2.1875), EXACT);
    }

    @Test
    void aContentFreeInputItselfComesOutUniform() {
        for (Normalisation normalisation : Normalisation.values()) {
            assertThat(of(
                            logs(0.1, 0.4),
                            new int[] {3, 1},
                            Optional.of(logs(0.1, 0.4)),
                            normalisation,
                            Calibration.CONTEXTUAL))
                    .containsExactly(shares(0.5, 0.5), EXACT);
        }
    }

    @Test
    void veryUnlikelyLabelsStillAddUpToOne() {
        assertThat(of(
                        new double[] {-2000, -2001},
                        ONE_TOKEN_EACH,
                        Optional.empty(),
                        Normalisation.SUM,
                        Calibration.NONE))
                .containsExactly(shares(1 / (1 + Math.exp(-1)), 1 / (1 + Math.E)), EXACT);
    }

    @Test
    void batchCalibrationDividesByTheMeanOverTheInputs() {
        // mean 0.8 and 0.2: the first input 0.9/0.8 : 0.1/0.2 = 1.125 : 0.5; the second 0.7/0.8 : 0.3/0.2 = 0.875 : 1.5
        List<double[]> calibrated = LabelProbabilities.calibratedByMean(List.of(shares(0.9, 0.1), shares(0.7, 0.3)));
        assertThat(calibrated.get(0)).containsExactly(shares(1.125 / 1.625, 0.5 / 1.625), EXACT);
        assertThat(calibrated.get(1)).containsExactly(shares(0.875 / 2.375, 1.5 / 2.375), EXACT);
    }

    @Test
    void theRunningMeanTakesOutABiasThatLasts() {
        var means = new RunningLabelMeans();
        List<String> labels = List.of("a", "b");
        double[] first = means.calibrate(Optional.empty(), labels, shares(0.9, 0.1));
        assertThat(first[0]).isGreaterThan(0.8);
        double[] later = first;
        for (int i = 0; i < 2000; i++) {
            later = means.calibrate(Optional.empty(), labels, shares(0.9, 0.1));
        }
        assertThat(later).containsExactly(shares(0.5, 0.5), within(0.01));
    }

    @Test
    void anotherListOfLabelsHasARunningMeanOfItsOwn() {
        var means = new RunningLabelMeans();
        for (int i = 0; i < 100; i++) {
            means.calibrate(Optional.empty(), List.of("a", "b"), shares(0.9, 0.1));
        }
        assertThat(means.calibrate(Optional.empty(), List.of("b", "a"), shares(0.5, 0.5)))
                .containsExactly(shares(0.5, 0.5), EXACT);
    }

    @Test
    void calibrationWithoutAContentFreePromptIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        of(logs(0.2, 0.6), ONE_TOKEN_EACH, Optional.empty(), Normalisation.SUM, Calibration.CONTEXTUAL))
                .withMessageContaining("content-free");
    }

    private static double[] of(
            double[] sums, int[] counts, Optional<double[]> contentFree, Normalisation n, Calibration c) {
        return LabelProbabilities.of(sums, counts, contentFree, n, c);
    }

    private static double[] logs(double... p) {
        double[] logs = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            logs[i] = Math.log(p[i]);
        }
        return logs;
    }

    private static double[] shares(double... p) {
        return p;
    }
}
