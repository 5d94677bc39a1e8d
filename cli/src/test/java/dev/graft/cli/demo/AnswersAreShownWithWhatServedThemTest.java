package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersAreShownWithWhatServedThemTest {
    private static final AdapterReport REPORT = new AdapterReport(
            "random",
            16,
            "Tea?",
            List.of(
                    new AdapterReport.Answer("demo-a", "demo-a", 3, "Hot\nwater."),
                    new AdapterReport.Answer("small", "", 0, "Leaves.")),
            32,
            5,
            164.4,
            161.6);

    @Test
    void eachOnALineWithItsGenerationAndThatTheWeightsAreRandom() {
        List<String> lines = AdapterLines.of(REPORT);
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).contains("rank 16", "random weights", "Tea?");
        assertThat(lines.subList(1, 3)).containsExactly("demo-a@3  Hot water.", "small     Leaves.");
        assertThat(lines.getLast())
                .contains("2 answers of 32 tokens", "164 ms each with its own adapter", "162 ms all with the same");
    }

    @Test
    void asJsonTooWithTheirTimes() {
        assertThat(Json.tree(REPORT).path("answers").path(0).path("generation").asInt())
                .isEqualTo(3);
        assertThat(Json.tree(REPORT).path("eachItsOwnMs").asDouble()).isEqualTo(164.4);
    }
}
