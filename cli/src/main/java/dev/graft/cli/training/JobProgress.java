package dev.graft.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.graft.cli.Progress;
import java.time.Duration;
import java.util.Locale;

/** A job's events as lines and a bar. */
public final class JobProgress implements AutoCloseable {
    private static final long MINUTE = 60;
    private static final int MEBIBYTE = 20;

    private final Progress progress;
    private final Progress.Task task;
    private String status = "queued";
    private JsonNode last = MissingNode.getInstance();

    public JobProgress(Progress progress, String what) {
        this.progress = progress;
        this.task = progress.begin(what);
    }

    /** One more event, as the service tells it. */
    public void take(JsonNode event) {
        String type = event.path("type").asText();
        switch (type) {
            case "step" ->
                task.at(
                        event.path("step").asLong(),
                        Math.max(1, event.path("steps").asLong()),
                        note(event));
            case "evaluation" -> progress.say(evaluation(event));
            case "validated" -> {
                progress.say(event.path("examples").asInt() + " examples to learn, "
                        + event.path("validationExamples").asInt() + " to measure on");
                event.path("warnings").forEach(warning -> progress.say("warning: " + warning.asText()));
            }
            case "waiting" ->
                progress.say("waits for memory: " + event.path("reason").asText());
            case "running" -> {
                if (event.has("estimatedBytes")) {
                    progress.say("takes about " + (event.path("estimatedBytes").asLong() >> MEBIBYTE)
                            + " MiB of memory, the service included");
                }
            }
            case "succeeded", "failed", "cancelled", "paused" -> {
                status = type;
                last = event;
            }
            default -> {}
        }
    }

    /** {@code succeeded}, {@code failed}, {@code cancelled}, {@code paused}, or {@code queued} where it goes on. */
    public String status() {
        return status;
    }

    /** The event that ended it. */
    public JsonNode end() {
        return last;
    }

    /** The bar's last line. */
    public void done(String note) {
        task.done(note);
    }

    @Override
    public void close() {
        task.close();
    }

    /** Such as {@code loss 0.4312, 812 tokens/s, 2 min 5 s left}. */
    static String note(JsonNode step) {
        return String.format(
                Locale.ROOT,
                "loss %.4f, %.0f tokens/s, %s left",
                step.path("loss").asDouble(),
                step.path("tokensPerSecond").asDouble(),
                time(Duration.ofSeconds(Math.round(step.path("secondsLeft").asDouble()))));
    }

    static String evaluation(JsonNode event) {
        String accuracy = event.has("accuracy")
                ? String.format(
                        Locale.ROOT,
                        ", accuracy %.1f %%, macro-F1 %.3f",
                        100 * event.path("accuracy").asDouble(),
                        event.path("macroF1").asDouble())
                : "";
        return String.format(
                Locale.ROOT,
                "after step %d: validation loss %.4f%s%s",
                event.path("step").asInt(),
                event.path("loss").asDouble(),
                accuracy,
                event.path("best").asBoolean() ? ", the best so far" : "");
    }

    private static String time(Duration time) {
        long seconds = time.toSeconds();
        return seconds < MINUTE ? seconds + " s" : seconds / MINUTE + " min " + seconds % MINUTE + " s";
    }
}
