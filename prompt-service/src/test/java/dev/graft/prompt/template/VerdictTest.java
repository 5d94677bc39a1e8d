package dev.graft.prompt.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final OutputForm LABELS = new OutputForm.Label(
            List.of("positive", "negative"), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    @Test
    void aGeneratedLabelCountsApartFromCaseAndSurroundings() {
        assertThat(Verdict.of(LABELS, " \"Positive.\"\n")).isEqualTo(new Verdict("positive", true));
    }

    @Test
    void whatIsNoneOfTheLabelsIsGivenBackAsNotValid() {
        assertThat(Verdict.of(LABELS, " The sentiment is positive."))
                .isEqualTo(new Verdict("The sentiment is positive.", false));
        assertThat(Verdict.of(LABELS, "")).isEqualTo(new Verdict("", false));
    }

    @Test
    void aPatternMustMatchTheWholeText() {
        OutputForm pattern = new OutputForm.Matching("\\d{4}-\\d{2}", Optional.empty());

        assertThat(Verdict.of(pattern, " 2026-11\n")).isEqualTo(new Verdict("2026-11", true));
        assertThat(Verdict.of(pattern, "in 2026-11").valid()).isFalse();
    }

    @Test
    void aPatternThatBacktracksElsewhereEndsHere() {
        OutputForm pattern = new OutputForm.Matching("(a+)+b", Optional.empty());

        assertThat(Verdict.of(pattern, "a".repeat(100_000)).valid()).isFalse();
    }
}
