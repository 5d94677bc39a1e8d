package dev.graft.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InTurnsTest {
    @Test
    void sidesAlternateWhoIsFirstAndTheWarmUpIsNotCounted() throws Exception {
        List<String> order = new ArrayList<>();
        List<List<Integer>> seen = InTurns.run(
                3,
                List.of(
                        turn -> {
                            order.add("a" + turn);
                            return turn;
                        },
                        turn -> {
                            order.add("b" + turn);
                            return 10 * turn;
                        }));
        assertThat(order).containsExactly("a-1", "b-1", "a0", "b0", "b1", "a1", "a2", "b2");
        assertThat(seen).containsExactly(List.of(0, 1, 2), List.of(0, 10, 20));
    }
}
