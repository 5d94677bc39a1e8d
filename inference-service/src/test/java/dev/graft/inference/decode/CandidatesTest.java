package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    /** Probabilities 0.5, 0.25, 0.15, 0.1 at tokens 2, 0, 3, 1. */
    private static final float[] ROW = {ln(0.25), ln(0.1), ln(0.5), ln(0.15)};

    private static float ln(double p) {
        return (float) Math.log(p);
    }

    private static Set<Integer> drawable(Candidates candidates) {
        Set<Integer> tokens = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            tokens.add(candidates.draw(1, i / 1000.0));
        }
        return tokens;
    }

    @Test
    void tokensAreDrawnAsOftenAsTheyAreLikely() {
        Candidates all = Candidates.of(ROW, 0, 1);
        int[] counts = new int[4];
        Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            counts[all.draw(1, random.nextDouble())]++;
        }
        assertThat(counts[0] / 1e5).isEqualTo(0.25, within(0.01));
        assertThat(counts[1] / 1e5).isEqualTo(0.1, within(0.01));
        assertThat(counts[2] / 1e5).isEqualTo(0.5, within(0.01));
        assertThat(counts[3] / 1e5).isEqualTo(0.15, within(0.01));
    }

    @Test
    void aLowTemperatureFavoursTheLikeliest() {
        Candidates all = Candidates.of(ROW, 0, 0.1f);
        assertThat(all.draw(0.1f, 0.99)).isEqualTo(2);
    }

    @Test
    void aHighTemperatureReachesFarther() {
        float[] row = {0, -40, -20};
        assertThat(drawable(Candidates.of(row, 0, 1))).containsExactly(0);
        assertThat(Candidates.of(row, 0, 1000).draw(1000, 0.5)).isEqualTo(1);
    }

    @Test
    void topKKeepsTheLikeliest() {
        assertThat(drawable(Candidates.of(ROW, 2, 1))).containsExactly(0, 2);
        assertThat(drawable(Candidates.of(ROW, 1, 1))).containsExactly(2);
        assertThat(drawable(Candidates.of(ROW, 4, 1))).hasSize(4);
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        Candidates candidates = Candidates.of(ROW, 0, 1);
        candidates.keepTopP(0.7f);
        assertThat(drawable(candidates)).containsExactly(0, 2);
        candidates = Candidates.of(ROW, 0, 1);
        candidates.keepTopP(0);
        assertThat(drawable(candidates)).containsExactly(2);
    }

    @Test
    void minPKeepsThoseThatAreNotMuchLessLikelyThanTheLikeliest() {
        Candidates candidates = Candidates.of(ROW, 0, 1);
        candidates.keepMinP(0.29f);
        assertThat(drawable(candidates)).containsExactly(0, 2, 3);
    }

    @Test
    void filtersWorkTogether() {
        Candidates candidates = Candidates.of(ROW, 3, 1);
        candidates.keepTopP(0.95f);
        candidates.keepMinP(0.4f);
        assertThat(drawable(candidates)).containsExactly(0, 2);
    }
}
