package dev.graft.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class AStoppingServiceEndsWhatItBeganTest {
    @Test
    void afterSigtermARunningStreamComesToItsEndAndNothingNewIsTaken(RunningStack stack) throws Exception {
        Web web = stack.inference();
        ProcessHandle service = stack.processes().inference().handle().orElseThrow();
        try {
            HttpResponse<InputStream> stream =
                    web.open("/v1/completions", body(200, true)).join();
            assertThat(stream.statusCode()).isEqualTo(200);
            assertThat(stream.body().readNBytes(100)).hasSize(100);

            assertThat(service.destroy()).as("SIGTERM").isTrue();
            var answers = new TreeSet<Integer>();
            var readiness = new TreeSet<Integer>();
            for (boolean there = true; there; ) {
                there = ask(() -> web.post("/v1/completions", body(1, false)).status(), answers)
                        && ask(() -> web.get("/health/ready").status(), readiness);
            }

            assertThat(new String(stream.body().readAllBytes(), UTF_8)).endsWith("data: [DONE]\n\n");
            answers.remove(200); // before the signal arrived
            readiness.remove(200);
            assertThat(answers).containsExactly(503);
            assertThat(readiness).containsExactly(503);
        } finally {
            service.onExit().join();
            stack.startAgain(stack.processes().inference());
        }
    }

    private interface Question {
        int status() throws IOException, InterruptedException;
    }

    /** Whether there still is somebody to ask. */
    private static boolean ask(Question question, Set<Integer> statuses) throws InterruptedException {
        try {
            statuses.add(question.status());
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    private static Map<String, Object> body(int tokens, boolean stream) {
        return Map.of(
                "prompt",
                "Once upon a time",
                "max_tokens",
                tokens,
                "temperature",
                0,
                "logit_bias",
                Map.of("0", -100, "2", -100),
                "stream",
                stream);
    }
}
