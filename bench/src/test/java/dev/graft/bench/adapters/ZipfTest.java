package dev.graft.bench.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ZipfTest {
    @Test
    void eachNumberComesAsOftenAsItsRankSays() {
        int draws = 200_000;
        int[] seen = new int[64];
        Zipf zipf = new Zipf(64, 1);
        for (int i = 0; i < draws; i++) {
            seen[zipf.draw()]++;
        }
        double harmonic = 0;
        for (int n = 1; n <= 64; n++) {
            harmonic += 1.0 / n;
        }
        for (int n : new int[] {0, 1, 9, 63}) {
            double share = 1 / (harmonic * (n + 1));
            assertThat((double) seen[n] / draws).isCloseTo(share, within(share / 8));
        }
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        Zipf one = new Zipf(64, 7);
        Zipf same = new Zipf(64, 7);
        for (int i = 0; i < 100; i++) {
            assertThat(one.draw()).isEqualTo(same.draw());
        }
    }
}
