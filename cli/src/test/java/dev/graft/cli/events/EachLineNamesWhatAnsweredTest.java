package dev.graft.cli.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.Json;
import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;

class EachLineNamesWhatAnsweredTest {
    @Test
    void anAnswerNamesItsRowVersionModelAdapterAndGeneration() throws Exception {
        PromptResult answered = new PromptResult.Answered(
                "run-1",
                "ticket",
                4,
                new Served("small", "shop", 3),
                "billing",
                List.of(),
                true,
                Finish.LABEL,
                new Usage(10, 5, 3),
                new Timings(0, 1, 2));

        assertThat(Json.tree(BatchFile.line("row-7", answered))).isEqualTo(Json.read("""
                        {"id": "row-7", "answer": "billing", "valid": true, "labels": [], "template": "ticket@4",
                         "served": {"model": "small", "adapter": "shop", "generation": 3}}
                        """));
    }

    @Test
    void aRowThatFailedSaysWhy() {
        PromptResult failed =
                new PromptResult.Failed("run-1", Fault.input("variable_missing", "variables.text", "", "give it"));

        assertThat(Json.tree(BatchFile.line("row-7", failed)).at("/fault/code").asText())
                .isEqualTo("variable_missing");
    }
}
