package dev.graft.prompt.events;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.Topics;
import dev.graft.prompt.settings.PromptSettings;
import dev.graft.prompt.stack.StackResource;
import dev.graft.prompt.stack.Wire;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the caller's span over this service's to what inference is sent, through both doors; switched on as it is at run time. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@TestProfile(ATraceGoesThroughTest.Traced.class)
class ATraceGoesThroughTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String CALLER = "b7ad6b7169203331";

    private final String id = UUID.randomUUID().toString();
    private final String trace = id.replace("-", "");

    public static final class Traced implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.otel.sdk.disabled", "false", "quarkus.otel.simple", "true");
        }
    }

    /** Keeps the spans that have ended. */
    @Singleton
    public static final class KeptSpans {
        @Produces
        @Singleton
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }
    }

    @Inject
    InMemorySpanExporter kept;

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
    void overHttp() {
        given().contentType("application/json")
                .header("traceparent", traceparent())
                .body("{\"id\": \"" + id + "\", \"variables\": {\"text\": \"a\"}, \"timeoutMs\": 300}")
                .post("/v1/templates/reviews-chat/run")
                .then()
                .statusCode(504);

        goesThrough(SpanKind.SERVER);
    }

    @Test
    void overKafka() {
        var request = new PromptRequest(
                id,
                "reviews-chat",
                Map.of("text", TextNode.valueOf("a")),
                Optional.empty(),
                0,
                Optional.of(Instant.now().plusSeconds(120)));
        var record = new ProducerRecord<>(Topics.PROMPT_REQUESTS, id, EventJson.write(request));
        record.headers().add("traceparent", traceparent().getBytes(StandardCharsets.UTF_8));
        wire.send(record);
        sentToInference();
        wire.send(
                Topics.INFERENCE_RESULTS,
                "prompt:" + id,
                new InferenceResult.Failed("prompt:" + id, Fault.ended("cancelled", "the test has seen enough")));

        goesThrough(SpanKind.CONSUMER);
    }

    private void goesThrough(SpanKind kind) {
        await().atMost(PATIENCE).until(() -> own(kind).isPresent());
        SpanData own = own(kind).orElseThrow();
        assertThat(own.getParentSpanId()).isEqualTo(CALLER);
        assertThat(Wire.header(sentToInference(), "traceparent"))
                .contains(trace)
                .contains(own.getSpanId());
    }

    private ConsumerRecord<String, byte[]> sentToInference() {
        return wire.read(Topics.INFERENCE_REQUESTS, 1, each -> each.key().equals("prompt:" + id))
                .getFirst();
    }

    private Optional<SpanData> own(SpanKind kind) {
        return kept.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(trace) && span.getKind() == kind)
                .findFirst();
    }

    private String traceparent() {
        return "00-" + trace + "-" + CALLER + "-01";
    }
}
