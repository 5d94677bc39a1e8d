package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.TrainingClient;
import dev.graft.cli.stack.StackProcess;
import dev.graft.cli.training.DatasetLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Examples go in, an adapter that is served comes out, whatever happens to the worker in between. */
@ExtendWith(RunningStack.Parameter.class)
class ATrainedAdapterIsServedTest {
    @TempDir
    Path folder = Path.of("unset");

    @Test
    void aJobWhoseWorkerWasKilledEndsInTheVeryAdapterOfOneThatWasNot(RunningStack stack) throws Exception {
        StackProcess training = stack.processes().training();
        var jobs = new TrainingJobs(training.url());
        String file = jobs.upload(folder);

        String killed = jobs.begin(file, "killed", 10);
        CompletableFuture<List<JsonNode>> followed = jobs.follow(killed);
        jobs.await(killed, job -> job.path("step").asInt() >= 4);
        training.kill();
        stack.startAgain(training);
        JsonNode survived = jobs.awaitEnd(killed);
        JsonNode whole = jobs.awaitEnd(jobs.begin(file, "whole", 10));

        assertThat(survived.path("status").asText()).as(survived.toString()).isEqualTo("succeeded");
        assertThat(survived.path("adapter_sha256").asText())
                .isEqualTo(whole.path("adapter_sha256").asText())
                .hasSize(64);
        assertThat(jobs.messages(killed)).anyMatch(message -> message.startsWith("goes on after step"));
        assertServedAsTrained(whole);
        assertThat(estimateByUse(survived))
                .as("memory, in a process that trained nothing before: %s", survived.path("memory"))
                .isBetween(0.9, 1.1);
        assertServed(stack, "killed", killed);
        assertThat(followed.get(1, TimeUnit.MINUTES))
                .as("whoever follows a job does so over the restart")
                .extracting(event -> event.path("type").asText())
                .startsWith("queued", "validating")
                .endsWith("succeeded")
                .containsOnlyOnce("queued", "succeeded");
    }

    @Test
    void aPausedJobGoesOnWhereItWasAndACancelledOneLeavesNoAdapter(RunningStack stack)
            throws IOException, InterruptedException {
        var jobs = new TrainingJobs(stack.processes().training().url());
        String file = jobs.upload(folder);

        String paused = jobs.begin(file, "paused", 10);
        jobs.await(paused, job -> job.path("step").asInt() >= 2);
        jobs.post(paused, "pause");
        JsonNode standing =
                jobs.await(paused, job -> job.path("status").asText().equals("paused"));
        String other = jobs.begin(file, "cancelled", 10);
        jobs.await(other, job -> job.path("step").asInt() >= 1);
        jobs.post(other, "cancel");
        JsonNode ended = jobs.awaitEnd(other);
        jobs.post(paused, "resume");
        JsonNode succeeded = jobs.awaitEnd(paused);

        assertThat(ended.path("status").asText()).isEqualTo("cancelled");
        assertThat(stack.inference().get("/v1/adapters/cancelled").status()).isEqualTo(404);
        assertThat(succeeded.path("status").asText()).as(succeeded.toString()).isEqualTo("succeeded");
        assertThat(jobs.messages(paused))
                .anyMatch(message -> message.equals(
                        "goes on after step " + standing.path("step").asInt()));
    }

    /** llama.cpp rounds activations to eight bits, the trainer does not: nearly the same, and never something else. */
    private static void assertServedAsTrained(JsonNode job) {
        JsonNode agreement = job.path("serving_agreement");
        assertThat(agreement.path("examples").asInt()).as(job.toString()).isEqualTo(4);
        assertThat(agreement.path("tokens").asInt()).isGreaterThanOrEqualTo(8);
        assertThat(agreement.path("same_likeliest").asDouble()).isGreaterThanOrEqualTo(0.75);
        assertThat(agreement.path("mean_divergence").asDouble()).isBetween(0.0, 0.05);
    }

    private static double estimateByUse(JsonNode job) {
        JsonNode memory = job.path("memory");
        return memory.path("estimated_bytes").asDouble()
                / memory.path("used_bytes").asDouble();
    }

    @Test
    void whatIsKnownOfDataIsToldBeforeAnythingIsTrained(RunningStack stack) throws IOException, InterruptedException {
        var client = new TrainingClient(stack.processes().training().url());
        Path twice = Files.write(folder.resolve("twice.csv"), List.of("text,label", "fine,good", "fine,bad"));

        JsonNode report =
                client.post("/v1/files/" + client.upload(twice) + "/report", Map.of("data", Map.of("input", "text")));

        assertThat(DatasetLines.of(report))
                .contains("training file: 2 examples", "  label good: 1")
                .anyMatch(line -> line.startsWith("  warning: ") && line.endsWith("line 3 (see 2)"));
        assertThat(DatasetLines.refused(report)).isFalse();
        Path torn = Files.write(folder.resolve("torn.csv"), List.of("text,label", "fine", "good,good"));
        assertThat(DatasetLines.refused(client.post("/v1/files/" + client.upload(torn) + "/report", Map.of())))
                .isTrue();
    }

    @Test
    void whatWouldNotBeServedIsNotTrained(RunningStack stack) throws IOException, InterruptedException {
        var jobs = new TrainingJobs(stack.processes().training().url());
        JsonNode refused = jobs.awaitEnd(jobs.begin(jobs.upload(folder), "large", Map.of("steps", 10, "rank", 65)));

        assertThat(refused.path("status").asText()).isEqualTo("failed");
        assertThat(refused.path("error").path("code").asText()).isEqualTo("rank_too_high");
        assertThat(refused.path("error").path("message").asText()).contains("65", "at most 64");
        assertThat(refused.path("step").asInt()).isZero();
    }

    private static void assertServed(RunningStack stack, String name, String job)
            throws IOException, InterruptedException {
        Web.Reply answer = stack.inference()
                .post("/v1/completions", Map.of("model", name, "prompt", "Review: fine\nSentiment:", "max_tokens", 4));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("served").path("adapter").asText()).isEqualTo(name);
        JsonNode lineage = stack.inference()
                .get("/v1/adapters/" + name)
                .json()
                .path("generations")
                .path(0)
                .path("lineage");
        assertThat(lineage.path("job").asText()).isEqualTo(job);
        assertThat(stack.home().resolve("training/jobs/" + job + "/peft/adapter_model.safetensors"))
                .isNotEmptyFile();
    }
}
