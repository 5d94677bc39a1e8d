package dev.graft.inference.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ClientsThatLeaveOrLingerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String OK = "outcome=\"ok\"";

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @SuppressWarnings("NullAway.Init")
    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(base, inference);
    }

    @Test
    void whoLeavesInTheMiddleFreesTheSlotLongBeforeTheAnswersEnd() throws Exception {
        double decoded = http.meter("graft_decode_tokens_total");
        double ok = http.meter("graft_requests_total", OK);
        var stream = http.open("/v1/completions", Http.writing(3_000, ", \"stream\": true"));
        assertThat(stream.body().readNBytes(500)).hasSize(500);
        assertThat(http.meter("graft_requests_running")).isEqualTo(1);
        stream.body().close();
        await().atMost(PATIENCE).until(() -> http.meter("graft_requests_running") == 0);
        assertThat(http.meter("graft_decode_tokens_total") - decoded).isLessThan(1_500);
        assertThat(http.meter("graft_requests_total", OK)).isEqualTo(ok);
    }

    @Test
    void aDeadlineThatPassesIsATimeout() throws Exception {
        HttpResponse<String> late = http.post("/v1/completions", Http.writing(3_000, ", \"deadline_ms\": 300"));
        assertThat(late.statusCode()).isEqualTo(408);
        var error = Http.JSON.readTree(late.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("deadline_exceeded");
        assertThat(error.path("type").asText()).isEqualTo("timeout_error");
        assertThat(error.path("message").asText()).isNotEmpty();
        assertThat(error.has("param")).isTrue();
    }

    /** Each event has twenty alternatives, so that the answer is longer than what sockets buffer. */
    @Test
    void whoReadsSlowlyHoldsNoSlotIsWrittenNoFasterThanItReadsAndLosesNothing() throws Exception {
        int tokens = 2_500;
        String body = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"temperature\": 0, \"max_tokens\": "
                + tokens + ", \"stream\": true, \"logprobs\": true, \"top_logprobs\": 20, " + Http.NEVER_ENDING + "}";
        double ok = http.meter("graft_requests_total", OK);
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
            socket.getOutputStream()
                    .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(UTF_8));
            await().atMost(PATIENCE).until(() -> http.meter("graft_requests_running") == 1);
            await().atMost(PATIENCE).until(() -> http.meter("graft_requests_running") == 0);
            assertThat(http.meter("graft_requests_total", OK))
                    .as("computed to its end, but the door waits for its reader")
                    .isEqualTo(ok);
            assertThat(http.post("/v1/completions", Http.writing(1, "")).statusCode())
                    .isEqualTo(200);

            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
            long told = reader.lines()
                    .filter(line -> line.startsWith("data: {"))
                    .mapToLong(line -> line.split("\"top_logprobs\":\\[\\{", -1).length - 1)
                    .sum();
            assertThat(told).isEqualTo(tokens);
        }
        assertThat(http.meter("graft_requests_total", OK)).isEqualTo(ok + 2);
    }
}
