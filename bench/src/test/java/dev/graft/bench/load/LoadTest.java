package dev.graft.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class LoadTest {
    @Test
    void clientsAskAtTheSameTimeAndEachInTurn() throws InterruptedException {
        var both = new CyclicBarrier(2);
        Load<Integer> load = Load.run(List.of(List.of(both::await, () -> 7), List.of(both::await, () -> 8)));
        assertThat(load.answers()).hasSize(4).endsWith(8).contains(7);
    }

    @Test
    void oneFailedRequestFailsTheMeasurement() {
        assertThatThrownBy(() -> Load.run(List.of(List.of(() -> {
                    throw new IllegalStateException("HTTP 429");
                }))))
                .hasMessageContaining("HTTP 429");
    }

    @Test
    void textsAreTheSameForASeedAndNeverAlikeWithinIt() {
        var words = new Words(1);
        String first = words.draw(64);
        assertThat(first.strip().split(" ")).hasSize(64);
        assertThat(new Words(1).draw(64)).isEqualTo(first);
        assertThat(words.draw(64)).isNotEqualTo(first);
        assertThat(new Words(2).draw(64)).isNotEqualTo(first);
        assertThat(first).as("goes into JSON as it is").matches("[a-z ]+");
    }
}
