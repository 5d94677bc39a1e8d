package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.ServingAgreement;
import dev.graft.contracts.TrainingEvent;
import dev.graft.training.job.RecordedEvent;
import java.util.List;
import java.util.Locale;

/** An event as OpenAI's API shows it: a sentence, and the event itself as its data. */
final class EventView {
    private static final String ID = "ftevent-";
    private static final int MEBIBYTE = 20;

    /** The same on each instance. */
    static String id(RecordedEvent recorded) {
        return ID + recorded.position();
    }

    /** The position in the log that an id stands for; below all where it is none. */
    static long position(String id) {
        try {
            return id.startsWith(ID) ? Long.parseLong(id.substring(ID.length())) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /**
     * The newest first.
     *
     * @param after id of the last event of the page before, which may have gone since: of a long job not every step is kept; empty: from the beginning
     * @throws FaultException {@code invalid_value} where it is no event's id
     */
    static List<RecordedEvent> newestFirst(List<RecordedEvent> events, String after) {
        if (after.isEmpty()) {
            return events.reversed();
        }
        long before = position(after);
        if (before < 0) {
            throw new FaultException(
                    Fault.input("invalid_value", "after", after, "must be the id of an event, such as " + ID + "17"));
        }
        return events.reversed().stream()
                .filter(recorded -> recorded.position() < before)
                .toList();
    }

    static ObjectNode of(RecordedEvent recorded) {
        TrainingEvent event = recorded.event();
        ObjectNode view = Json.object()
                .put("id", id(recorded))
                .put("object", "fine_tuning.job.event")
                .put("created_at", event.at().getEpochSecond())
                .put("level", level(event))
                .put("message", message(event))
                .put("type", metrics(event) ? "metrics" : "message");
        view.set("data", EventJson.read(EventJson.write(event), ObjectNode.class));
        return view;
    }

    private static boolean metrics(TrainingEvent event) {
        return event instanceof TrainingEvent.Step || event instanceof TrainingEvent.Evaluation;
    }

    private static String level(TrainingEvent event) {
        return switch (event) {
            case TrainingEvent.Failed e -> "error";
            case TrainingEvent.Validated e when !e.warnings().isEmpty() -> "warn";
            case TrainingEvent.Step e when !e.warnings().isEmpty() -> "warn";
            case TrainingEvent.Succeeded e when !e.warnings().isEmpty() -> "warn";
            default -> "info";
        };
    }

    private static String message(TrainingEvent event) {
        return switch (event) {
            case TrainingEvent.Queued e -> "waits for a worker";
            case TrainingEvent.Validating e -> "reads its data";
            case TrainingEvent.Validated e ->
                e.examples() + " examples of " + e.tokens() + " tokens, " + e.validationExamples() + " to measure on"
                        + words(e.warnings());
            case TrainingEvent.Waiting e -> "waits for memory: " + e.reason();
            case TrainingEvent.Running e -> running(e);
            case TrainingEvent.Step e ->
                String.format(Locale.ROOT, "step %d of %d: loss %.4f", e.step(), e.steps(), e.loss())
                        + words(e.warnings());
            case TrainingEvent.Evaluation e ->
                String.format(Locale.ROOT, "after step %d: validation loss %.4f", e.step(), e.loss())
                        + (e.accuracy().isPresent()
                                ? String.format(
                                        Locale.ROOT,
                                        ", accuracy %.3f",
                                        e.accuracy().getAsDouble())
                                : "");
            case TrainingEvent.Checkpoint e -> "step " + e.step() + " is safe";
            case TrainingEvent.Paused e -> "paused after step " + e.step();
            case TrainingEvent.Succeeded e ->
                e.adapter() + "@" + e.generation() + " is live"
                        + e.agreement().map(EventView::agreement).orElse("") + words(e.warnings());
            case TrainingEvent.Failed e -> e.fault().message();
            case TrainingEvent.Cancelled e -> "cancelled";
        };
    }

    private static String memory(TrainingEvent.Running event) {
        return event.estimatedBytes().isPresent()
                ? ", " + (event.estimatedBytes().getAsLong() >> MEBIBYTE) + " MiB of memory"
                : "";
    }

    private static String agreement(ServingAgreement agreement) {
        return String.format(
                Locale.ROOT,
                "; served and trained find the same token likeliest at %.1f %% of %d places (mean KL %.1e)",
                100 * agreement.sameLikeliest(),
                agreement.tokens(),
                agreement.meanDivergence());
    }

    private static String running(TrainingEvent.Running event) {
        if (event.step() == 0) {
            return "begins: " + event.steps() + " steps" + memory(event);
        }
        return event.step() < event.steps()
                ? "goes on after step " + event.step()
                : "all " + event.steps() + " steps are done, registers the adapter";
    }

    private static String words(List<String> warnings) {
        return warnings.isEmpty() ? "" : "; " + String.join("; ", warnings);
    }

    private EventView() {}
}
