package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class AKilledServiceLosesNoRequestTest {
    private static final int REQUESTS = 200;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void ofTwoHundredRequestsAllAreAnsweredOnceThoughInferenceIsKilledAmongThem(RunningStack stack) throws Exception {
        List<String> ids = Sender.ids(REQUESTS);
        try (var results = Mailbox.follow(stack.bootstrapServers(), Topics.INFERENCE_RESULTS, InferenceResult.class);
                var sender = new Sender(stack.bootstrapServers())) {
            ids.forEach(id ->
                    sender.send(Topics.INFERENCE_REQUESTS, id, Sender.generate(id, "Count from " + id.hashCode(), 8)));
            results.awaitSome(ids, REQUESTS / 4, LIMIT);

            assertThat(results.firsts().keySet().containsAll(ids))
                    .as("killed after the last answer")
                    .isFalse();
            stack.processes().inference().kill();
            stack.startAgain(stack.processes().inference());

            var answers = results.await(ids, LIMIT);
            assertThat(answers).hasSize(REQUESTS);
            assertThat(answers.values())
                    .allSatisfy(result -> assertThat(result).isInstanceOf(InferenceResult.Answered.class));
            assertOnlyTheInterruptedCameTwice(results);
        }
    }

    /** What was answered but not yet acknowledged when the process died is answered again: at most what was in its hands. */
    private static void assertOnlyTheInterruptedCameTwice(Mailbox<InferenceResult> results) {
        var times = results.records().stream().collect(Collectors.groupingBy(r -> r.key(), Collectors.counting()));
        assertThat(times.values().stream().filter(n -> n > 1).count()).isLessThanOrEqualTo(2L * RunningStack.SLOTS);
        assertThat(times.values()).allMatch(n -> n <= 2);
    }
}
