package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.stack.StackProcess;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class TwoInferenceServicesShareOneTopicTest {
    private static final int REQUESTS = 120;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void eachRequestIsWorkedOnByOneOfThemAndBothHaveTheirPart(RunningStack stack) throws Exception {
        List<String> ids = Sender.ids(REQUESTS);
        StackProcess other = stack.processes().addInference("inference-service-2", freePort());
        Web first = stack.inference();
        Web second = new Web(other.url());
        double before = answered(first) + answered(second);
        double firstBefore = answered(first);
        try (var results = Mailbox.follow(stack.bootstrapServers(), Topics.INFERENCE_RESULTS, InferenceResult.class);
                var sender = new Sender(stack.bootstrapServers())) {
            ids.forEach(id ->
                    sender.send(Topics.INFERENCE_REQUESTS, id, Sender.generate(id, "Write a line about " + id, 64)));
            results.await(ids, LIMIT);

            double both = answered(first) + answered(second) - before;
            double byFirst = answered(first) - firstBefore;
            double bySecond = both - byFirst;
            assertThat(both).as("each request is worked on once").isEqualTo(REQUESTS);
            assertThat(byFirst).isGreaterThanOrEqualTo(REQUESTS / 10.0);
            assertThat(bySecond).isGreaterThanOrEqualTo(REQUESTS / 10.0);
            assertThat(results.records()).filteredOn(r -> ids.contains(r.key())).hasSize(REQUESTS);
        } finally {
            other.stop();
        }
    }

    private static double answered(Web service) throws Exception {
        return service.meter("graft_requests_total", "outcome=\"ok\"");
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
