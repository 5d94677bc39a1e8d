package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class StreamsThatAreLeftFreeTheirSlotsTest {
    private static final int STREAMS = 3 * RunningStack.SLOTS;
    /** So long that none of them ends by itself within this test. */
    private static final int TOKENS = 1500;

    @Test
    void clientsThatGoAwayLeaveNothingRunningAndNothingWaiting(RunningStack stack) throws Exception {
        Web web = stack.inference();
        double ended = web.meter("graft_requests_total", "outcome=\"ok\"");
        List<CompletableFuture<HttpResponse<InputStream>>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(web.open("/v1/completions", body(TOKENS + i, true)));
        }
        awaitZero("slots in use", () -> RunningStack.SLOTS - web.meter("graft_requests_running"));

        for (var stream : streams) {
            if (stream.isDone()) {
                stream.join().body().close(); // in the middle of an answer
            } else {
                stream.cancel(true); // while it waits for a slot
            }
        }

        awaitZero("running", () -> web.meter("graft_requests_running"));
        awaitZero("waiting", () -> web.meter("graft_requests_waiting"));
        assertThat(web.meter("graft_requests_total", "outcome=\"ok\""))
                .as("none of them was computed to its end")
                .isEqualTo(ended);
        assertThat(web.post("/v1/completions", body(4, false)).status()).isEqualTo(200);
    }

    private static Map<String, Object> body(int tokens, boolean stream) {
        return Map.of(
                "model",
                RunningStack.MODEL,
                "prompt",
                "Once upon a time " + tokens,
                "max_tokens",
                tokens,
                "temperature",
                0,
                "logit_bias",
                Map.of("0", -100, "2", -100),
                "stream",
                stream);
    }

    interface Reading {
        double now() throws Exception;
    }

    private static void awaitZero(String what, Reading reading) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        double last = reading.now();
        while (last != 0 && System.nanoTime() < end) {
            Thread.sleep(100);
            last = reading.now();
        }
        assertThat(last).as(what).isZero();
    }
}
