package dev.graft.bench.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheMiddleTwo() {
        assertThat(Percentiles.median(5, 1, 3)).isEqualTo(3);
        assertThat(Percentiles.median(4, 1, 3, 2)).isEqualTo(2.5);
        assertThat(Percentiles.median(7)).isEqualTo(7);
    }

    @Test
    void aPercentileIsTheNearestRank() {
        double[] hundred =
                IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray();
        assertThat(Percentiles.percentile(0.95, hundred)).isEqualTo(95);
        assertThat(Percentiles.percentile(0.99, hundred)).isEqualTo(99);
        assertThat(Percentiles.percentile(1, hundred)).isEqualTo(100);
        assertThat(Percentiles.percentile(0.95, 1, 2)).isEqualTo(2);
    }

    @Test
    void nothingMeasuredIsAnErrorAndTheInputStaysAsItWas() {
        assertThatThrownBy(Percentiles::median).hasMessageContaining("nothing was measured");
        assertThatThrownBy(() -> Percentiles.percentile(0, 1)).hasMessageContaining("share = 0");
        double[] values = {3, 1, 2};
        Percentiles.median(values);
        assertThat(values).containsExactly(3, 1, 2);
    }
}
