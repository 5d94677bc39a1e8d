package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.settings.InferenceSettings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** From the sender's span over the door's to the engine's, through both doors. */
@QuarkusTest
@QuarkusTestResource(RealBroker.class)
@TestProfile(ATraceFollowsItsRequestTest.Traced.class)
class ATraceFollowsItsRequestTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String SENDER = "00f067aa0ba902b7";
    private static final String MODEL = "SmolLM2-135M-Instruct.Q4_1";

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
    @SuppressWarnings("NullAway.Init")
    InMemorySpanExporter kept;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @Inject
    @SuppressWarnings("NullAway.Init")
    InferenceSettings settings;

    @TestHTTPResource("/v1/completions")
    URI completions = URI.create("http://unset");

    @Test
    void overHttp() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await().atMost(PATIENCE).until(inference::ready);
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(completions)
                    .header("traceparent", parent(trace))
                    .POST(BodyPublishers.ofString(
                            "{\"prompt\": \"Once upon a time\", \"max_tokens\": 3, \"temperature\": 0, \"seed\": 7}"))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        SpanData door = span(trace, SpanKind.SERVER);
        SpanData engine = span(trace, SpanKind.INTERNAL);
        assertThat(door.getParentSpanId()).isEqualTo(SENDER);
        assertThat(engine.getParentSpanId()).isEqualTo(door.getSpanId());
        assertThat(engine.getName()).isEqualTo("text_completion " + MODEL);
        assertThat(text(engine, "gen_ai.operation.name")).isEqualTo("text_completion");
        assertThat(text(engine, "gen_ai.request.model")).isEqualTo(MODEL);
        assertThat(text(engine, "gen_ai.response.model")).isEqualTo(MODEL);
        assertThat(number(engine, "gen_ai.request.max_tokens")).isEqualTo(3);
        assertThat(number(engine, "gen_ai.usage.output_tokens")).isEqualTo(3);
        assertThat(number(engine, "gen_ai.usage.input_tokens")).isPositive();
        assertThat(engine.getAttributes().asMap().values())
                .as("prompts and answers stay out of it")
                .noneMatch(value -> value.toString().contains("Once upon"));
    }

    @Test
    void aConversationIsAChatAndEachChoiceTellsWhyItEnded() throws Exception {
        String trace = "6bf92f3577b34da6a3ce929d0e0e4738";
        await().atMost(PATIENCE).until(inference::ready);
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(completions.resolve("/v1/chat/completions"))
                    .header("traceparent", parent(trace))
                    .POST(BodyPublishers.ofString("""
                            {"model": "%s", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 2, "n": 2,
                             "ignore_eos": true}""".formatted(MODEL)))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        SpanData engine = span(trace, SpanKind.INTERNAL);
        assertThat(engine.getName()).isEqualTo("chat " + MODEL);
        assertThat(text(engine, "gen_ai.operation.name")).isEqualTo("chat");
        assertThat(number(engine, "gen_ai.request.choice.count")).isEqualTo(2);
        assertThat(engine.getAttributes().get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")))
                .containsExactly("length", "length");
    }

    @Test
    void overKafkaAndOnWithTheResult() throws Exception {
        String trace = "5bf92f3577b34da6a3ce929d0e0e4737";
        var request = new InferenceRequest(
                "traced",
                Optional.empty(),
                new Prompt.Text("Review: I love it.\nSentiment:"),
                new Output.Classify(List.of("positive", "negative"), Optional.empty(), Optional.empty()),
                0,
                Optional.empty());
        try (var mailbox = new Mailbox(settings.kafka().bootstrap())) {
            mailbox.send("traced", EventJson.write(request), Map.of("traceparent", parent(trace)));
            await().atMost(PATIENCE).until(() -> !mailbox.letters("traced").isEmpty());
            SpanData door = span(trace, SpanKind.CONSUMER);
            SpanData engine = span(trace, SpanKind.INTERNAL);
            assertThat(door.getParentSpanId()).isEqualTo(SENDER);
            assertThat(text(door, "messaging.message.id")).isEqualTo("traced");
            assertThat(engine.getParentSpanId()).isEqualTo(door.getSpanId());
            assertThat(text(engine, "gen_ai.operation.name")).isEqualTo("classify");
            assertThat(new String(
                            mailbox.letters("traced")
                                    .getFirst()
                                    .headers()
                                    .lastHeader("traceparent")
                                    .value(),
                            StandardCharsets.UTF_8))
                    .contains(trace)
                    .contains(door.getSpanId());
        }
    }

    private SpanData span(String trace, SpanKind kind) {
        await().alias(kind.name())
                .atMost(PATIENCE)
                .until(() -> of(trace).stream().anyMatch(span -> span.getKind() == kind));
        return of(trace).stream()
                .filter(span -> span.getKind() == kind)
                .findFirst()
                .orElseThrow();
    }

    private static String text(SpanData span, String attribute) {
        return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(attribute)));
    }

    private static long number(SpanData span, String attribute) {
        Long value = span.getAttributes().get(AttributeKey.longKey(attribute));
        assertThat(value).as(attribute).isNotNull();
        return value == null ? -1 : value;
    }

    private static String parent(String trace) {
        return "00-" + trace + "-" + SENDER + "-01";
    }

    private List<SpanData> of(String trace) {
        return kept.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().equals(trace))
                .toList();
    }
}
