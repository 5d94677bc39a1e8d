package dev.graft.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogitsTest {
    @Test
    void theLikeliestFewAreThoseOfASort() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            float[] row = new float[1 + random.nextInt(400)];
            for (int i = 0; i < row.length; i++) {
                row[i] = random.nextInt(60) - 30; // many equals, both signs
            }
            int count = random.nextInt(row.length + 3);
            int[] sorted = IntStream.range(0, row.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer token) -> -row[token]))
                    .mapToInt(Integer::intValue)
                    .limit(count)
                    .toArray();
            assertThat(Logits.likeliest(row, count)).isEqualTo(sorted);
        }
    }

    @Test
    void aRowWithoutNumbersIsADamagedModel() {
        float[] row = new float[10];
        Arrays.fill(row, Float.NaN);
        assertThatThrownBy(() -> Logits.likeliest(row)).hasMessageContaining("damaged");
        row[4] = -5;
        assertThat(Logits.likeliest(row)).isEqualTo(4);
    }
}
