package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real model learns a little; nobody serves what comes of it, so the job fails at its end, which is to be seen as well. */
@QuarkusTest
@QuarkusTestResource(TrainingHome.class)
@TestProfile(AJobIsSeenWhileItTrainsTest.Watched.class)
class AJobIsSeenWhileItTrainsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String SENDER = "00f067aa0ba902b7";

    public static final class Watched implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.otel.sdk.disabled", "false",
                    "quarkus.otel.simple", "true",
                    "graft.inference.patience", "1S");
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
    @SuppressWarnings("NullAway.Init")
    InMemorySpanExporter kept;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @BeforeEach
    void ready() {
        await().atMost(PATIENCE).until(() -> get("/health/ready").statusCode() == 200);
    }

    @Test
    void metersAndSpansTellWhatItDoes() throws IOException, InterruptedException {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        String id = begin(3, trace);
        JsonNode failed = awaitJob(id, job -> job.path("finished_at").isNumber());

        assertThat(failed.path("error").path("code").asText()).isEqualTo("registry_unavailable");
        assertThat(failed.path("memory").path("estimated_bytes").asLong()).isPositive();
        assertThat(failed.path("memory").path("used_bytes").asLong()).isPositive();
        assertThat(metric("graft_training_steps_total")).isGreaterThanOrEqualTo(3);
        assertThat(metric("graft_training_tokens_total")).isGreaterThan(3);
        assertThat(metric("graft_training_tokens_per_second")).isPositive();
        assertThat(metric("graft_training_loss")).isPositive();
        assertThat(metric("graft_training_validation_loss")).isPositive();
        assertThat(metric("graft_training_checkpoint_time_seconds_count")).isPositive();
        assertThat(metric("graft_training_checkpoint_time_seconds_sum")).isPositive();
        assertThat(metric("graft_training_memory_bytes")).isGreaterThan(100e6);
        assertThat(metric("graft_training_memory_expected_bytes")).isGreaterThan(100e6);
        assertThat(metric("graft_training_jobs{status=\"failed\"")).isPositive();

        SpanData door = span(trace, "POST", SpanKind.SERVER);
        SpanData job = span(trace, "process graft.training.requests", SpanKind.CONSUMER);
        assertThat(door.getParentSpanId()).isEqualTo(SENDER);
        assertThat(job.getParentSpanId()).isEqualTo(door.getSpanId());
        assertThat(job.getAttributes().get(AttributeKey.stringKey("messaging.message.id")))
                .isEqualTo(id);
        assertThat(job.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        for (String part : List.of("validate", "train", "publish")) {
            SpanData span = span(trace, part, SpanKind.INTERNAL);
            assertThat(span.getParentSpanId()).as(part).isEqualTo(job.getSpanId());
            assertThat(span.getAttributes().get(AttributeKey.stringKey("graft.job.id")))
                    .isEqualTo(id);
        }
        assertThat(span(trace, "publish", SpanKind.INTERNAL).getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("registry_unavailable");
    }

    private String begin(int steps, String trace) throws IOException, InterruptedException {
        String boundary = "b";
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            file.append("{\"input\":\"number ")
                    .append(i)
                    .append("\",\"label\":\"")
                    .append(i % 2 == 0 ? "even" : "odd")
                    .append("\"}\n");
        }
        JsonNode uploaded = JSON.readTree(send(HttpRequest.newBuilder(base.resolve("/v1/files"))
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n--b\r\n"
                                        + "Content-Disposition: form-data; name=\"file\"; filename=\"d.jsonl\"\r\n\r\n"
                                        + file + "\r\n--b--\r\n")))
                .body());
        String body = """
                {"model": "SmolLM2-135M-Instruct.Q4_1", "training_file": "%s", "suffix": "numbers",
                 "hyperparameters": {"steps": %d, "batch_size": 2, "rank": 4}, "data": {"validation_share": 0.25},
                 "checks": {"evaluate_every": 100000}}""".formatted(uploaded.path("id").asText(), steps);
        return JSON.readTree(send(HttpRequest.newBuilder(base.resolve("/v1/fine_tuning/jobs"))
                                .header("traceparent", "00-" + trace + "-" + SENDER + "-01")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body)))
                        .body())
                .path("id")
                .asText();
    }

    private JsonNode awaitJob(String id, Predicate<JsonNode> so) {
        return await().alias(id)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> JSON.readTree(get("/v1/fine_tuning/jobs/" + id).body()), so);
    }

    /** The value of the first line that begins so. */
    private double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && !line.startsWith("#"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private SpanData span(String trace, String name, SpanKind kind) {
        await().alias(name)
                .atMost(PATIENCE)
                .until(() -> kept.getFinishedSpanItems().stream().anyMatch(span -> is(span, trace, name, kind)));
        return kept.getFinishedSpanItems().stream()
                .filter(span -> is(span, trace, name, kind))
                .findFirst()
                .orElseThrow();
    }

    private static boolean is(SpanData span, String trace, String name, SpanKind kind) {
        return span.getTraceId().equals(trace) && span.getName().startsWith(name) && span.getKind() == kind;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
