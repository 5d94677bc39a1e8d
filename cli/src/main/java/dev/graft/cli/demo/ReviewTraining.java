package dev.graft.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.cli.TrainingClient;
import dev.graft.cli.training.JobProgress;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Trains an adapter on reviews, with the very prompt that is measured, for as long as there is time. */
final class ReviewTraining {
    static final String ADAPTER = "demo-reviews";

    private static final String JOBS = "/v1/fine_tuning/jobs";
    private static final int MOST_EPOCHS = 3;
    private static final int BATCH = 8;
    /** By then threads and memory are warm. */
    private static final int MEASURED_STEP = 16;

    private final TrainingClient training;
    private final Progress progress;

    ReviewTraining(TrainingClient training, Progress progress) {
        this.training = training;
        this.progress = progress;
    }

    /**
     * How it ended.
     *
     * @param job as the service shows it
     * @param epochs how often each example was seen
     * @param tokensPerSecond as the last step told it
     */
    record Trained(JsonNode job, int epochs, double tokensPerSecond, double seconds) {}

    /**
     * @param prompt what is asked, with {@code {{ input }}} in the place of the sentence
     * @param time that there is: the first steps tell how many epochs fit into it, and one is done in any case
     */
    Trained run(String model, List<Review> examples, String prompt, Duration time)
            throws IOException, InterruptedException {
        Path data = write(examples);
        try {
            String file = training.upload(data);
            long begin = System.nanoTime();
            Attempt attempt = new Attempt(time, (examples.size() + BATCH - 1) / BATCH);
            Attempt.Ended ended = attempt.run(body(model, file, prompt, MOST_EPOCHS));
            if (ended.fitting() < MOST_EPOCHS) {
                progress.say("this machine has time for " + ended.fitting() + " of " + MOST_EPOCHS + " epochs");
                ended = attempt.run(body(model, file, prompt, ended.fitting()));
            }
            return new Trained(
                    training.get(JOBS + "/" + ended.id()),
                    ended.fitting(),
                    ended.tokensPerSecond(),
                    (System.nanoTime() - begin) / 1e9);
        } finally {
            Files.delete(data);
        }
    }

    private static Path write(List<Review> examples) throws IOException {
        Path file = Files.createTempFile("graft-reviews", ".jsonl");
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            for (Review review : examples) {
                lines.write(Json.line(
                        Map.of("input", review.text(), "label", review.label().word())));
                lines.newLine();
            }
        }
        return file;
    }

    private static Map<String, Object> body(String model, String file, String prompt, int epochs) {
        return Map.of(
                "model",
                model,
                "training_file",
                file,
                "suffix",
                ADAPTER,
                "data",
                Map.of("template", Map.of("text", prompt, "version", "reviews-plain")),
                "method",
                Map.of(
                        "type",
                        "supervised",
                        "supervised",
                        Map.of("hyperparameters", Map.of("n_epochs", epochs, "batch_size", BATCH))));
    }

    /** Jobs, one after the other: the first is ended early where its own steps say that it would take too long. */
    private final class Attempt {
        private final Duration time;
        private final int stepsOfEpoch;
        private final AtomicBoolean measured = new AtomicBoolean();
        private int fitting = MOST_EPOCHS;
        private double tokensPerSecond;

        Attempt(Duration time, int stepsOfEpoch) {
            this.time = time;
            this.stepsOfEpoch = stepsOfEpoch;
        }

        /** @param fitting how many epochs there is time for */
        record Ended(String id, int fitting, double tokensPerSecond) {}

        Ended run(Map<String, Object> body) throws IOException, InterruptedException {
            String id = training.post(JOBS, body).path("id").asText();
            try (JobProgress shown = new JobProgress(progress, "training " + ADAPTER)) {
                training.follow(id, event -> {
                    shown.take(event);
                    if (event.path("type").asText().equals("step")) {
                        tokensPerSecond = event.path("tokensPerSecond").asDouble();
                        measure(id, event);
                    }
                });
                if (shown.status().equals("succeeded")) {
                    shown.done("live as " + ADAPTER + "@"
                            + shown.end().path("generation").asInt());
                } else if (!(shown.status().equals("cancelled") && fitting < MOST_EPOCHS)) {
                    throw new FaultException(Fault.internal(
                            "training_failed", "the demo's training ended as " + shown.status() + ": " + shown.end()));
                }
            }
            return new Ended(id, fitting, tokensPerSecond);
        }

        private void measure(String id, JsonNode step) {
            if (step.path("step").asInt() < MEASURED_STEP || measured.getAndSet(true)) {
                return;
            }
            double left = step.path("secondsLeft").asDouble();
            double ofStep = left
                    / Math.max(1, step.path("steps").asInt() - step.path("step").asInt());
            if (left > time.toSeconds()) {
                fitting = Math.clamp((int) (time.toSeconds() / (ofStep * stepsOfEpoch)), 1, MOST_EPOCHS - 1);
                cancel(id);
            }
        }

        private void cancel(String id) {
            try {
                training.post(JOBS + "/" + id + "/cancel", Map.of());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FaultException(Fault.ended("interrupted", "the demo was interrupted"), e);
            }
        }
    }
}
