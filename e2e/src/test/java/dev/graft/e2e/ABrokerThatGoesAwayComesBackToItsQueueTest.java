package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class ABrokerThatGoesAwayComesBackToItsQueueTest {
    private static final int REQUESTS = 80;
    private static final Duration AWAY = Duration.ofSeconds(20);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void requestsUnderWayAndSentMeanwhileAreAllAnsweredAndHttpGoesOn(RunningStack stack) throws Exception {
        List<String> ids = Sender.ids(REQUESTS);
        try (var results = Mailbox.follow(stack.bootstrapServers(), Topics.INFERENCE_RESULTS, InferenceResult.class);
                var sender = new Sender(stack.bootstrapServers())) {
            send(sender, ids.subList(0, REQUESTS / 2));
            results.awaitSome(ids, REQUESTS / 8, LIMIT);

            stack.processes().broker().stop();
            try {
                send(sender, ids.subList(REQUESTS / 2, REQUESTS));
                assertHttpGoesOn(stack);
                Thread.sleep(AWAY);
                assertHttpGoesOn(stack);
            } finally {
                stack.startAgain(stack.processes().broker());
            }

            assertThat(results.await(ids, LIMIT).values())
                    .allSatisfy(result -> assertThat(result).isInstanceOf(InferenceResult.Answered.class));
        }
    }

    private static void send(Sender sender, List<String> ids) {
        ids.forEach(id -> sender.send(Topics.INFERENCE_REQUESTS, id, Sender.generate(id, "Name a colour, " + id, 12)));
    }

    private static void assertHttpGoesOn(RunningStack stack) throws Exception {
        var reply = stack.inference()
                .post(
                        "/v1/completions",
                        Map.of("model", RunningStack.MODEL, "prompt", "The sky is", "max_tokens", 4, "temperature", 0));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }
}
