package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.TrainingClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Small training jobs on reviews, asked for over HTTP. */
final class TrainingJobs {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String JOBS = "/v1/fine_tuning/jobs";

    private final TrainingClient client;

    /** @param url of a training-service */
    TrainingJobs(String url) {
        client = new TrainingClient(url);
    }

    /** Forty examples; the file's id. */
    String upload(Path folder) throws IOException, InterruptedException {
        var lines = new ArrayList<String>(List.of("text,label"));
        for (int i = 0; i < 40; i++) {
            lines.add(
                    i % 2 == 0
                            ? "It works well number " + i + ",positive"
                            : "It broke at once number " + i + ",negative");
        }
        return client.upload(Files.write(folder.resolve("reviews.csv"), lines));
    }

    /** Saved every second step; the job's id. */
    String begin(String file, String name, int steps) throws IOException, InterruptedException {
        return begin(file, name, Map.of("steps", steps, "batch_size", 4));
    }

    String begin(String file, String name, Map<String, ?> hyperparameters) throws IOException, InterruptedException {
        Map<String, ?> data = Map.of(
                "input",
                "text",
                "label",
                "label",
                "validation_share",
                0.1,
                "template",
                Map.of("text", "Review: {{ text }}\nSentiment:"));
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
                                hyperparameters,
                                "data",
                                data,
                                "checks",
                                Map.of("checkpoint_every", 2, "evaluate_every", 5)))
                .path("id")
                .asText();
    }

    void post(String id, String word) throws IOException, InterruptedException {
        client.post(JOBS + "/" + id + "/" + word, Map.of());
    }

    /** The job once it is so, which it must be before it ends. */
    JsonNode await(String id, Predicate<JsonNode> so) throws IOException, InterruptedException {
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

    JsonNode awaitEnd(String id) throws IOException, InterruptedException {
        return await(id, TrainingJobs::ended);
    }

    /** What is told of a job from now to its end, as the command follows it. */
    CompletableFuture<List<JsonNode>> follow(String id) {
        var all = new CompletableFuture<List<JsonNode>>();
        Thread.ofVirtual().start(() -> {
            var events = new ArrayList<JsonNode>();
            try {
                client.follow(id, events::add);
                all.complete(events);
            } catch (IOException | InterruptedException | RuntimeException e) {
                all.completeExceptionally(e);
            }
        });
        return all;
    }

    /** All that is told of a job, the newest first. */
    List<JsonNode> events(String id) throws IOException, InterruptedException {
        var events = new ArrayList<JsonNode>();
        client.get(JOBS + "/" + id + "/events?limit=1000").path("data").forEach(events::add);
        return events;
    }

    List<String> messages(String id) throws IOException, InterruptedException {
        return events(id).stream().map(event -> event.path("message").asText()).toList();
    }

    private static boolean ended(JsonNode job) {
        return job.path("finished_at").isNumber();
    }
}
