package dev.graft.inference.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.Served;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WeightTagsTest {
    private final WeightTags tags = new WeightTags();

    @Test
    void generationsOfAnAdapterAreToldApart() {
        assertThat(tags.of(new Served("base", "reviews", 2)))
                .isEqualTo(Tags.of(MeterNames.ADAPTER, "reviews", MeterNames.GENERATION, "2"));
    }

    @Test
    void theyAreNeverMoreThanSoMany() {
        Set<Tags> told = new HashSet<>();
        for (int generation = 1; generation <= 3 * WeightTags.MOST; generation++) {
            told.add(tags.of(new Served("base", "reviews", generation)));
        }

        assertThat(told)
                .hasSize(WeightTags.MOST + 1)
                .contains(Tags.of(MeterNames.ADAPTER, WeightTags.OTHERS, MeterNames.GENERATION, "0"));
        assertThat(tags.of(new Served("base", "reviews", 1)))
                .as("who was known stays known")
                .isEqualTo(Tags.of(MeterNames.ADAPTER, "reviews", MeterNames.GENERATION, "1"));
    }
}
