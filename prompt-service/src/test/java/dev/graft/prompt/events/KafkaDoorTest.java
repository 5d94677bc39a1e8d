package dev.graft.prompt.events;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceControl;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.Message;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Topics;
import dev.graft.prompt.settings.PromptSettings;
import dev.graft.prompt.stack.StackResource;
import dev.graft.prompt.stack.Wire;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class KafkaDoorTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

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
    void aRequestLeavesForInferenceRenderedWithItsPriorityDeadlineAndTrace() {
        String id = id();
        Instant deadline = Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
        var record = new ProducerRecord<>(
                Topics.PROMPT_REQUESTS,
                id,
                EventJson.write(new PromptRequest(
                        id,
                        "reviews-chat",
                        Map.of("text", TextNode.valueOf("Fine.")),
                        Optional.of("m"),
                        Optional.of("customer-4711"),
                        Optional.empty(),
                        3,
                        Optional.of(deadline))));
        record.headers().add("traceparent", ("00-" + TRACE + "-b7ad6b7169203331-01").getBytes(StandardCharsets.UTF_8));
        wire.send(record);

        ConsumerRecord<String, byte[]> sent = wire.read(
                        Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id))
                .getFirst();
        InferenceRequest request = EventJson.read(sent.value(), InferenceRequest.class);
        assertThat(request.model()).contains("m");
        assertThat(request.user()).contains("customer-4711");
        assertThat(request.priority()).isEqualTo(3);
        assertThat(request.deadline()).contains(deadline);
        assertThat(((Prompt.Chat) request.prompt()).messages())
                .last()
                .isEqualTo(new Message("user", "What is the sentiment of this sentence?\nFine."));
        Output.Classify output = (Output.Classify) request.output();
        assertThat(output.labels()).containsExactly("positive", "negative", "neutral");
        assertThat(Wire.header(sent, CloudEventHeaders.TYPE)).isEqualTo("dev.graft.inference.request.v1");
        assertThat(Wire.header(sent, "traceparent")).contains(TRACE);
    }

    @Test
    void theCallersTraceIsPassedOnThoughThisServiceTellsNoSpans() {
        String id = id();
        given().contentType("application/json")
                .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                .body("{\"id\": \"" + id + "\", \"variables\": {\"text\": \"a\"}, \"timeoutMs\": 200}")
                .post("/v1/templates/reviews-chat/run")
                .then()
                .statusCode(504);

        ConsumerRecord<String, byte[]> sent = wire.read(
                        Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id))
                .getFirst();
        assertThat(Wire.header(sent, "traceparent")).contains(TRACE);
    }

    @Test
    void slowRequestsHoldUpNobodyWhileThereAreTakers() {
        String run = id();
        for (int i = 0; i < 16; i++) {
            send(run + "-" + i, "reviews-zero-shot");
        }

        assertThat(wire.read(Topics.INFERENCE_REQUESTS, 16, each -> each.key().startsWith("prompt:" + run)))
                .hasSize(16);
    }

    @Test
    void contextualCalibrationTakesAnInputAlongThatSaysNothing() {
        String id = id();
        send(id, "reviews-zero-shot");

        InferenceRequest request = EventJson.read(
                wire.read(Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id))
                        .getFirst()
                        .value(),
                InferenceRequest.class);
        Output.Classify output = (Output.Classify) request.output();
        assertThat(((Prompt.Text) output.contentFree().orElseThrow()).text()).endsWith("input:\nN/A\nOutput:");
    }

    @Test
    void labelsOfACompletionAreScoredWithTheSpaceThatStandsBeforeThem() {
        String id = id();
        send(id, "reviews-few-shot");

        InferenceRequest request = EventJson.read(
                wire.read(Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id))
                        .getFirst()
                        .value(),
                InferenceRequest.class);
        assertThat(((Output.Classify) request.output()).labels()).containsExactly(" positive", " negative", " neutral");
        assertThat(((Prompt.Text) request.prompt()).text()).endsWith("Output:").contains("Output: positive\n\nNow,");
    }

    @Test
    void whatTheSenderCanMendComesBackAsATypedFailure() {
        String unknown = id();
        send(unknown, "no-such-template");
        String malformed = id();
        wire.send(
                new ProducerRecord<>(Topics.PROMPT_REQUESTS, malformed, "{\"id\": 1".getBytes(StandardCharsets.UTF_8)));

        assertThat(failure(unknown)).isEqualTo("template_not_found");
        assertThat(failure(malformed)).isEqualTo("malformed_event");
    }

    @Test
    void whatNamesNoSenderGoesToTheDeadLettersAndHoldsNobodyUp() {
        String body = "no json " + id();
        wire.send(new ProducerRecord<>(Topics.PROMPT_REQUESTS, body.getBytes(StandardCharsets.UTF_8)));
        String next = id();
        send(next, "no-such-template");

        assertThat(failure(next)).isEqualTo("template_not_found");
        assertThat(wire.read(
                        Topics.deadLetters(Topics.PROMPT_REQUESTS),
                        1,
                        each -> new String(each.value(), StandardCharsets.UTF_8).equals(body)))
                .hasSize(1);
    }

    @Test
    void anHttpClientThatGoesAwayWithdrawsItsRun() throws Exception {
        String id = id();
        byte[] body = ("{\"id\": \"" + id + "\", \"variables\": {\"text\": \"a\"}}").getBytes(StandardCharsets.UTF_8);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port)) {
            client.getOutputStream()
                    .write(
                            ("POST /v1/templates/reviews-chat/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                                            + body.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            client.getOutputStream().write(body);
            client.getOutputStream().flush();
            assertThat(wire.read(
                            Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id)))
                    .hasSize(1);
        }

        List<ConsumerRecord<String, byte[]>> control =
                wire.read(Topics.INFERENCE_CONTROL, 1, each -> each.key().equals("prompt:" + id));
        assertThat(EventJson.read(control.getFirst().value(), InferenceControl.class))
                .isEqualTo(new InferenceControl.Cancel("prompt:" + id));
    }

    @Test
    void aRunThatNobodyAnswersEndsAtItsDeadline() {
        given().contentType("application/json")
                .body("{\"variables\": {\"text\": \"a\"}, \"timeoutMs\": 200}")
                .post("/v1/templates/reviews-chat/run")
                .then()
                .statusCode(504)
                .contentType("application/problem+json");
    }

    private void send(String id, String template) {
        wire.send(
                Topics.PROMPT_REQUESTS,
                id,
                new PromptRequest(
                        id,
                        template,
                        Map.of("text", TextNode.valueOf("Fine.")),
                        Optional.empty(),
                        0,
                        Optional.of(Instant.now().plusSeconds(20))));
    }

    private String failure(String id) {
        ConsumerRecord<String, byte[]> result = wire.read(
                        Topics.PROMPT_RESULTS, 1, each -> each.key().equals(id))
                .getFirst();
        return ((PromptResult.Failed) EventJson.read(result.value(), PromptResult.class))
                .fault()
                .code();
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }
}
