package dev.graft.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.AdapterSelector.Current;
import dev.graft.contracts.AdapterSelector.Labelled;
import dev.graft.contracts.AdapterSelector.Numbered;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnAdapterIsNamedWithItsGenerationTest {
    @Test
    void aNameMayBeFollowedByANumberOrALabel() {
        assertThat(AdapterSelector.parse("model", "reviews")).isEqualTo(new Current("reviews"));
        assertThat(AdapterSelector.parse("model", "reviews@12")).isEqualTo(new Numbered("reviews", 12));
        assertThat(AdapterSelector.parse("model", "Reviews-v1.0@stable"))
                .isEqualTo(new Labelled("Reviews-v1.0", "stable"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "@1", "a@", "a@1x", "a@99999999999", "a@1@2", "a@B", "a/b@1", "a@-1"})
    void whatIsNoneIsRefusedByItsField(String text) {
        assertThatThrownBy(() -> AdapterSelector.parse("model", text))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().field()).isEqualTo("model"));
    }
}
