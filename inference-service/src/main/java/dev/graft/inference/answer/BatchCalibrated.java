package dev.graft.inference.answer;

import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output.Calibration;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.request.Request;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.util.List;

/** Gives classifications that ask for batch calibration one by one the running mean of {@link RunningLabelMeans}. */
@Decorator
@Priority(200)
public class BatchCalibrated implements Inference {
    private final Inference engine;
    private final RunningLabelMeans means;

    @Inject
    public BatchCalibrated(@Delegate @Any Inference engine, RunningLabelMeans means) {
        this.engine = engine;
        this.means = means;
    }

    @Override
    public Answer submit(Request request) {
        Answer answer = engine.submit(request);
        return request instanceof Request.Classify classify && classify.calibration() == Calibration.BATCH
                ? new Calibrated(answer, means)
                : answer;
    }

    @Override
    public int freeSlots() {
        return engine.freeSlots();
    }

    @Override
    public void awaitFreeSlot() throws InterruptedException {
        engine.awaitFreeSlot();
    }

    @Override
    public boolean ready() {
        return engine.ready();
    }

    private record Calibrated(Answer answer, RunningLabelMeans means) implements Answer {
        @Override
        public AnswerEvent next() throws InterruptedException {
            AnswerEvent event = answer.next();
            return event instanceof Done done ? calibrated(done) : event;
        }

        @Override
        public void close() {
            answer.close();
        }

        private Done calibrated(Done done) {
            List<String> labels =
                    done.labels().stream().map(LabelProbability::label).toList();
            double[] raw = done.labels().stream()
                    .mapToDouble(LabelProbability::probability)
                    .toArray();
            return new Done(
                    done.served(),
                    done.usage(),
                    done.timings(),
                    LabelProbabilities.with(done.labels(), means.calibrate(labels, raw)),
                    done.prompt(),
                    done.embedding());
        }
    }
}
