package dev.graft.training.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.contracts.TrainingEvent;
import dev.graft.training.job.Job;
import dev.graft.training.job.RecordedEvent;
import java.util.ArrayList;
import java.util.List;

/** Checkpoints as OpenAI's API shows them, with what was measured at their steps. */
final class CheckpointView {
    static String id(RecordedEvent recorded) {
        return "ftckpt-" + recorded.position();
    }

    /** Of these events, the newest first. */
    static List<RecordedEvent> among(List<RecordedEvent> events) {
        List<RecordedEvent> found = new ArrayList<>(events.stream()
                .filter(recorded -> recorded.event() instanceof TrainingEvent.Checkpoint)
                .toList());
        return found.reversed();
    }

    static ObjectNode of(RecordedEvent recorded, Job job, List<RecordedEvent> events) {
        int step = ((TrainingEvent.Checkpoint) recorded.event()).step();
        ObjectNode view = Json.object()
                .put("id", id(recorded))
                .put("object", "fine_tuning.job.checkpoint")
                .put("created_at", recorded.event().at().getEpochSecond())
                .put("fine_tuned_model_checkpoint", job.request().adapter() + ":step-" + step)
                .put("fine_tuning_job_id", job.id())
                .put("step_number", step);
        ObjectNode metrics = view.putObject("metrics").put("step", step);
        for (RecordedEvent other : events) {
            switch (other.event()) {
                case TrainingEvent.Step e when e.step() == step -> metrics.put("train_loss", e.loss());
                case TrainingEvent.Evaluation e when e.step() == step -> metrics.put("valid_loss", e.loss());
                default -> {}
            }
        }
        return view;
    }

    private CheckpointView() {}
}
