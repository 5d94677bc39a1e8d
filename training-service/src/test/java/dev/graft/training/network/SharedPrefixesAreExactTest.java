package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedPrefixesAreExactTest {
    @Test
    void gradientsAreThoseOfThePlainWay() throws IOException {
        try (Trainer plain = TinyTraining.open(TinyTraining.RECIPE, TinyTraining.TWO_THREADS, Packing.PLAIN);
                Trainer shared =
                        TinyTraining.open(TinyTraining.RECIPE, TinyTraining.TWO_THREADS, Packing.SHARED_PREFIX)) {
            plain.step();
            shared.step();
            List<float[]> right = TinyTraining.gradients(plain);
            List<float[]> found = TinyTraining.gradients(shared);
            for (int i = 0; i < right.size(); i++) {
                assertThat(TinyTraining.error(found.get(i), right.get(i)))
                        .as("tensor %d", i)
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void whatAllBeginWithIsComputedOnce() throws IOException {
        List<TokenizedExample> examples = TinyTraining.examples();
        int read = examples.stream().mapToInt(e -> e.tokens().length - 1).sum();
        int shared = Packing.SHARED_PREFIX.prefix(examples);
        assertThat(shared).isGreaterThanOrEqualTo(5);
        assertThat(Packing.SHARED_PREFIX.pack(examples).rows())
                .isBetween(read - (examples.size() - 1) * shared, read - (examples.size() - 1) * shared + 15);
        assertThat(Packing.PLAIN.pack(examples).rows()).isBetween(read, read + 15);
    }

    /** The row before the first learned token has loss of its own for each example; the last token has no row. */
    @Test
    void anExampleThatIsAllPrefixKeepsARowOfItsOwn() {
        var same = new TokenizedExample(new int[] {1, 5, 6, 7}, 3);
        assertThat(Packing.SHARED_PREFIX.prefix(List.of(same, same))).isEqualTo(2);
        PackedBatch batch = Packing.SHARED_PREFIX.pack(List.of(same, same));
        assertThat(batch.tokens()).startsWith(1, 5, 6, 6).hasSize(16);
        assertThat(batch.segments().positions()).startsWith(0, 1, 2, 2);
        assertThat(batch.segments().starts()).containsExactly(0, 2, 3, 4, 16);
        assertThat(batch.learnedRows()).containsExactly(2, 3);
        assertThat(batch.targets()).containsExactly(7, 7);
    }
}
