package dev.graft.prompt.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.contracts.PromptRequest;
import dev.graft.prompt.dispatch.Runs;
import dev.graft.prompt.stack.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class AStreamIsAskedForAsTheRunSaysTest {
    @Inject
    Runs runs;

    @Test
    void itsPriorityAndDeadlineGoAlong() {
        RestAssured.given().contentType("application/json").body("""
                        {"name": "streamed", "prompt": "say {{ text }}", "variables": {"text": {"type": "string"}},
                         "output": {"type": "text"}}""").post("/v1/templates");
        var run = runs.of(new PromptRequest(
                "streamed-1",
                "streamed",
                Map.of("text", TextNode.valueOf("a")),
                Optional.empty(),
                4,
                Optional.of(Instant.now().plusSeconds(60))));

        assertThat(StreamedRequest.of(run, Duration.ofMillis(1234)).body())
                .containsEntry("priority", 4)
                .containsEntry("deadline_ms", 1234L)
                .containsEntry("stream", true);
        assertThat(StreamedRequest.of(run, Duration.ofMillis(-5)).body())
                .as("one that has passed is missed at once")
                .containsEntry("deadline_ms", 1L);
    }
}
