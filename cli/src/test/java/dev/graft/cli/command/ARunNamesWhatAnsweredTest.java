package dev.graft.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;

class ARunNamesWhatAnsweredTest {
    @Test
    void versionModelAdapterAndGenerationAreNamed() {
        assertThat(RunCommand.origin(answered(new Served("small", "shop", 3))))
                .isEqualTo("assistant@2, small, shop generation 3");
    }

    @Test
    void aBaseModelAloneHasNoAdapterToName() {
        assertThat(RunCommand.origin(answered(Served.base("small")))).isEqualTo("assistant@2, small");
    }

    private static PromptResult.Answered answered(Served served) {
        return new PromptResult.Answered(
                "r1",
                "assistant",
                2,
                served,
                "Hello.",
                List.of(),
                true,
                Finish.STOP,
                new Usage(10, 5, 3),
                new Timings(0, 1, 2));
    }
}
