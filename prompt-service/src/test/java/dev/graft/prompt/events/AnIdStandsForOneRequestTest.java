package dev.graft.prompt.events;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Topics;
import dev.graft.contracts.Usage;
import dev.graft.prompt.settings.PromptSettings;
import dev.graft.prompt.stack.StackResource;
import dev.graft.prompt.stack.Wire;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the inference service would say comes from the test, as an event on its topic. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class AnIdStandsForOneRequestTest {
    private final String id = UUID.randomUUID().toString();

    @Inject
    PromptSettings settings;

    private Wire wire;

    @BeforeEach
    void open() throws Exception {
        wire = new Wire(settings.kafka().bootstrap());
        given().contentType("application/yaml")
                .body(Files.readAllBytes(Path.of("../examples/reviews.yaml")))
                .post("/v1/apply")
                .then()
                .statusCode(200);
    }

    @AfterEach
    void close() {
        wire.close();
    }

    @Test
    void theSameAgainGetsTheStoredAnswerAndAnythingElseIsRefusedAtBothDoors() {
        send("reviews-chat", "Fine.");
        answerIt();
        assertThat(results(1).getLast()).isInstanceOf(PromptResult.Answered.class);

        send("reviews-chat", "Fine.");
        List<PromptResult> twice = results(2);
        assertThat(twice.getLast()).isEqualTo(twice.getFirst());

        send("reviews-chat", "Awful.");
        assertThat(code(results(3).getLast())).isEqualTo("id_reused");
        send("reviews-few-shot", "Fine.");
        assertThat(code(results(4).getLast())).isEqualTo("id_reused");

        run("reviews-chat", "Fine.").statusCode(200).body("text", equalTo("positive"));
        run("reviews-chat@1", "Fine.").statusCode(200);
        run("reviews-chat", "Awful.")
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("id_reused"))
                .body("field", equalTo("id"))
                .body("value", equalTo(id));
        run("reviews-zero-shot", "Fine.").statusCode(409);
    }

    @Test
    void whatIsUnderWayIsNotSharedWithAnotherRequest() {
        send("reviews-chat", "Fine.");
        assertThat(wire.read(Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id)))
                .hasSize(1);

        run("reviews-chat", "Awful.").statusCode(409).body("code", equalTo("id_reused"));

        answerIt();
        assertThat(results(1).getFirst()).isInstanceOf(PromptResult.Answered.class);
    }

    private void answerIt() {
        assertThat(wire.read(Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id)))
                .hasSize(1);
        List<LabelProbability> labels = List.of(
                new LabelProbability("positive", 0.7, -1),
                new LabelProbability("negative", 0.2, -2),
                new LabelProbability("neutral", 0.1, -3));
        wire.send(
                Topics.INFERENCE_RESULTS,
                "prompt:" + id,
                new InferenceResult.Answered(
                        "prompt:" + id,
                        Served.base("base"),
                        "positive",
                        labels,
                        Finish.LABEL,
                        new Usage(10, 0, 1),
                        new Timings(1, 1, 1)));
    }

    private void send(String template, String text) {
        wire.send(
                Topics.PROMPT_REQUESTS,
                id,
                new PromptRequest(
                        id,
                        template,
                        Map.of("text", TextNode.valueOf(text)),
                        Optional.empty(),
                        0,
                        Optional.of(Instant.now().plusSeconds(60))));
    }

    private ValidatableResponse run(String template, String text) {
        return given().contentType("application/json")
                .body("{\"id\": \"%s\", \"variables\": {\"text\": \"%s\"}, \"timeoutMs\": 20000}".formatted(id, text))
                .post("/v1/templates/" + template + "/run")
                .then();
    }

    private List<PromptResult> results(int count) {
        List<PromptResult> results = wire
                .read(Topics.PROMPT_RESULTS, count, each -> each.key().equals(id))
                .stream()
                .map(record -> EventJson.read(record.value(), PromptResult.class))
                .toList();
        assertThat(results).hasSize(count);
        return results;
    }

    private static String code(PromptResult result) {
        return ((PromptResult.Failed) result).fault().code();
    }
}
