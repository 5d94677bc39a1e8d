package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.TrainingClient;
import dev.graft.cli.stack.StackProcess;
import dev.graft.cli.training.DatasetLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Examples go in, an adapter that is served comes out, whatever happens to the worker in between. */
@ExtendWith(RunningStack.Parameter.class)
class ATrainedAdapterIsServedTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String JOBS = "/v1/fine_tuning/jobs";

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void aJobWhoseWorkerWasKilledEndsInTheVeryAdapterOfOneThatWasNot(RunningStack stack)
            throws IOException, InterruptedException {
        StackProcess training = stack.processes().training();
        var client = new TrainingClient(training.url());
        String file = client.upload(examples());

        String killed = begin(client, file, "killed");
        await(client, killed, job -> job.path("step").asInt() >= 4);
        training.kill();
        stack.startAgain(training);
        JsonNode survived = await(client, killed, ATrainedAdapterIsServedTest::ended);
        JsonNode whole = await(client, begin(client, file, "whole"), ATrainedAdapterIsServedTest::ended);

        assertThat(survived.path("status").asText()).as(survived.toString()).isEqualTo("succeeded");
        assertThat(survived.path("adapter_sha256").asText())
                .isEqualTo(whole.path("adapter_sha256").asText())
                .hasSize(64);
        assertThat(messages(client, killed)).anyMatch(message -> message.startsWith("goes on after step"));
        assertServedAsTrained(whole);
        assertThat(estimateByUse(survived))
                .as("memory, in a process that trained nothing before: %s", survived.path("memory"))
                .isBetween(0.9, 1.1);
        assertServed(stack, "killed", killed);
    }

    @Test
    void aPausedJobGoesOnWhereItWasAndACancelledOneLeavesNoAdapter(RunningStack stack)
            throws IOException, InterruptedException {
        var client = new TrainingClient(stack.processes().training().url());
        String file = client.upload(examples());

        String paused = begin(client, file, "paused");
        await(client, paused, job -> job.path("step").asInt() >= 2);
        client.post(JOBS + "/" + paused + "/pause", Map.of());
        JsonNode standing =
                await(client, paused, job -> job.path("status").asText().equals("paused"));
        String other = begin(client, file, "cancelled");
        await(client, other, job -> job.path("step").asInt() >= 1);
        client.post(JOBS + "/" + other + "/cancel", Map.of());
        JsonNode ended = await(client, other, ATrainedAdapterIsServedTest::ended);
        client.post(JOBS + "/" + paused + "/resume", Map.of());
        JsonNode succeeded = await(client, paused, ATrainedAdapterIsServedTest::ended);

        assertThat(ended.path("status").asText()).isEqualTo("cancelled");
        assertThat(stack.inference().get("/v1/adapters/cancelled").status()).isEqualTo(404);
        assertThat(succeeded.path("status").asText()).as(succeeded.toString()).isEqualTo("succeeded");
        assertThat(messages(client, paused))
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
                .anyMatch(line -> line.startsWith("  warning: ") && line.endsWith("line 3"));
        assertThat(DatasetLines.refused(report)).isFalse();
        Path torn = Files.write(folder.resolve("torn.csv"), List.of("text,label", "fine", "good,good"));
        assertThat(DatasetLines.refused(client.post("/v1/files/" + client.upload(torn) + "/report", Map.of())))
                .isTrue();
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

    private static String begin(TrainingClient client, String file, String name)
            throws IOException, InterruptedException {
        return client.post(
                        JOBS,
                        Map.of(
                                "model",
                                RunningStack.MODEL,
                                "training_file",
                                file,
                                "suffix",
                                name,
                                "seed",
                                7,
                                "hyperparameters",
                                Map.of("steps", 10, "batch_size", 4),
                                "data",
                                Map.of(
                                        "input",
                                        "text",
                                        "label",
                                        "label",
                                        "validation_share",
                                        0.1,
                                        "template",
                                        Map.of("text", "Review: {{ text }}\nSentiment:")),
                                "checks",
                                Map.of("checkpoint_every", 2, "evaluate_every", 5)))
                .path("id")
                .asText();
    }

    private Path examples() throws IOException {
        var lines = new ArrayList<String>(List.of("text,label"));
        for (int i = 0; i < 40; i++) {
            lines.add(
                    i % 2 == 0
                            ? "It works well number " + i + ",positive"
                            : "It broke at once number " + i + ",negative");
        }
        return Files.write(folder.resolve("reviews.csv"), lines);
    }

    private static JsonNode await(TrainingClient client, String id, Predicate<JsonNode> so)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        JsonNode job = client.get(JOBS + "/" + id);
        while (!so.test(job)) {
            assertThat(System.nanoTime()).as(job.toString()).isLessThan(end);
            assertThat(ended(job)).as(job.toString()).isFalse();
            Thread.sleep(100);
            job = client.get(JOBS + "/" + id);
        }
        return job;
    }

    private static boolean ended(JsonNode job) {
        return job.path("finished_at").isNumber();
    }

    private static List<String> messages(TrainingClient client, String id) throws IOException, InterruptedException {
        return client.get(JOBS + "/" + id + "/events?limit=1000").path("data").findValuesAsText("message");
    }
}
