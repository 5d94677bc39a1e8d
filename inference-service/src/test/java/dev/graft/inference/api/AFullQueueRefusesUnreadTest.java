package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With one slot and room for one that waits, each state is reached with two streams. */
@QuarkusTest
@TestProfile(AFullQueueRefusesUnreadTest.OneSlot.class)
class AFullQueueRefusesUnreadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public static final class OneSlot implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("graft.llama.slots", "1", "graft.limits.queue", "1");
        }
    }

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @SuppressWarnings("NullAway.Init")
    private Http http;

    private final List<HttpResponse<InputStream>> streams = new ArrayList<>();

    @BeforeEach
    void connect() {
        http = new Http(base, inference);
    }

    @AfterEach
    void leave() throws IOException {
        for (var stream : streams) {
            stream.body().close();
        }
        await().atMost(PATIENCE).until(() -> http.meter("graft_requests_running") == 0);
        streams.clear();
    }

    @Test
    void theHeadOfAStreamComesBeforeAnyToken() throws Exception {
        stream(3_000, "");
        await().atMost(PATIENCE).until(() -> http.meter("graft_requests_running") == 1);
        HttpResponse<InputStream> waiting = stream(1, "");
        assertThat(waiting.statusCode()).isEqualTo(200);
        assertThat(waiting.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(http.meter("graft_requests_waiting"))
                .as("it has no slot yet, so no token")
                .isEqualTo(1);
        streams.getFirst().body().close();
        assertThat(text(waiting)).startsWith("data: {").endsWith("data: [DONE]\n\n");
    }

    @Test
    void anErrorAfterTheHeadIsAnEvent() throws Exception {
        stream(3_000, "");
        HttpResponse<InputStream> late = stream(1, ", \"deadline_ms\": 300");
        assertThat(late.statusCode()).isEqualTo(200);
        assertThat(Http.JSON
                        .readTree(text(late).substring("data: ".length()))
                        .path("error")
                        .path("code")
                        .asText())
                .isEqualTo("deadline_exceeded");
    }

    @Test
    void whatHasNoRoomIsRefusedBeforeItsBodyIsRead() throws Exception {
        stream(3_000, "");
        await().atMost(PATIENCE).until(() -> http.meter("graft_requests_running") == 1);
        stream(1, "");
        double before = http.meter("graft_requests_total", "outcome=\"queue_full\"");
        for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/classify", "/v1/embeddings")) {
            HttpResponse<String> refused = http.post(path, "no json, and nobody looks");
            assertThat(refused.statusCode()).as(path).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-9]\\d*");
            assertThat(Http.JSON
                            .readTree(refused.body())
                            .path("error")
                            .path("code")
                            .asText())
                    .isEqualTo("queue_full");
        }
        assertThat(http.meter("graft_requests_total", "outcome=\"queue_full\"")).isEqualTo(before + 4);
        assertThat(http.post("/v1/completions", "x".repeat(3 << 20)).statusCode())
                .as("a long body is dropped unread")
                .isEqualTo(429);
        assertThat(http.post("/tokenize", "{\"content\": \"a\"}").statusCode())
                .as("what needs no engine is served")
                .isEqualTo(200);
    }

    private HttpResponse<InputStream> stream(int tokens, String more) throws IOException, InterruptedException {
        HttpResponse<InputStream> stream =
                http.open("/v1/completions", Http.writing(tokens, ", \"stream\": true" + more));
        streams.add(stream);
        return stream;
    }

    private static String text(HttpResponse<InputStream> stream) throws IOException {
        return new String(stream.body().readAllBytes(), StandardCharsets.UTF_8);
    }
}
