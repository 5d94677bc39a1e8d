package dev.graft.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AKeySeesOneGenerationTest {
    private static final List<String> KEYS =
            IntStream.range(0, 10_000).mapToObj(i -> "user-" + i).toList();

    /** Expected places by Python: {@code int.from_bytes(sha256(f"{name}@{generation}\n{key}".encode()).digest()[:8]) % 100}. */
    @ParameterizedTest
    @CsvSource({"reviews, 2, user-17, 67", "reviews, 3, user-17, 34", "shop, 2, Grüße, 12", "shop, 2, '', 84"})
    void itsPlaceIsThatOfTheContract(String name, int generation, String key, int place) {
        assertThat(new TrafficShare(generation, Math.max(1, place)).takes(name, key))
                .isEqualTo(place == 0);
        assertThat(new TrafficShare(generation, place + 1).takes(name, key)).isTrue();
    }

    @Test
    void aShareGetsItsPartAndAGrowingOneKeepsItsKeys() {
        for (int percent : new int[] {1, 10, 50, 100}) {
            assertThat(taken(2, percent).size() / 100.0).isCloseTo(percent, within(1.5));
        }
        assertThat(taken(2, 20)).containsAll(taken(2, 10));
    }

    @Test
    void anotherCandidateGetsOthers() {
        List<String> both = taken(2, 10).stream().filter(taken(3, 10)::contains).toList();
        assertThat(both.size()).isLessThan(200);
    }

    private static List<String> taken(int generation, int percent) {
        var share = new TrafficShare(generation, percent);
        return KEYS.stream().filter(key -> share.takes("reviews", key)).toList();
    }
}
