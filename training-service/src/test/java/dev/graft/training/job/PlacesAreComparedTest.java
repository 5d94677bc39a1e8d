package dev.graft.training.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesAreComparedTest {
    /** Probabilities 0.5, 0.3, 0.1, 0.1, as logits with something added to all. */
    private static final float[] TRAINED = {
        (float) (7 + Math.log(0.5)),
        (float) (7 + Math.log(0.3)),
        (float) (7 + Math.log(0.1)),
        (float) (7 + Math.log(0.1))
    };

    @Test
    void theSameProbabilitiesDoNotDiverge() {
        var place = new AgreementCheck.Place(served(0, 0.5, 1, 0.3), TRAINED);

        assertThat(place.divergence()).isEqualTo(0, within(1e-6));
        assertThat(place.sameLikeliest()).isTrue();
    }

    @Test
    void theLikeliestOfTheServedOneCountsEachAndTheRestAsOne() {
        var place = new AgreementCheck.Place(served(1, 0.6, 0, 0.2), TRAINED);

        assertThat(place.sameLikeliest()).isFalse();
        assertThat(place.divergence())
                .isEqualTo(
                        0.6 * Math.log(0.6 / 0.3) + 0.2 * Math.log(0.2 / 0.5) + 0.2 * Math.log(0.2 / 0.2),
                        within(1e-6));
    }

    private static Map<Integer, Double> served(int first, double p, int second, double q) {
        Map<Integer, Double> served = new LinkedHashMap<>();
        served.put(first, Math.log(p));
        served.put(second, Math.log(q));
        return served;
    }
}
