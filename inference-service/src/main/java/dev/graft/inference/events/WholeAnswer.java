package dev.graft.inference.events;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent;
import java.util.Comparator;

/** An answer put together from its parts: events carry whole answers, streams go over HTTP. */
final class WholeAnswer {
    private final StringBuilder text = new StringBuilder();
    private Finish finish = Finish.STOP;

    /**
     * Reads to the end.
     *
     * @throws FaultException the engine's fault, where it ends in one
     */
    static InferenceResult read(String id, Answer answer) throws InterruptedException {
        WholeAnswer whole = new WholeAnswer();
        while (true) {
            switch (answer.next()) {
                case AnswerEvent.Text part -> whole.text.append(part.text());
                case AnswerEvent.ChoiceEnded ended -> whole.finish = ended.finish();
                case AnswerEvent.Failed failed -> throw new FaultException(failed.fault());
                case AnswerEvent.Done done -> {
                    return whole.answered(id, done);
                }
            }
        }
    }

    private InferenceResult answered(String id, AnswerEvent.Done done) {
        return done.labels().stream()
                .max(Comparator.comparingDouble(LabelProbability::probability))
                .map(likeliest -> answered(id, done, likeliest.label(), Finish.LABEL))
                .orElseGet(() -> answered(id, done, text.toString(), finish));
    }

    private static InferenceResult answered(String id, AnswerEvent.Done done, String text, Finish finish) {
        return new InferenceResult.Answered(
                id, done.served(), text, done.labels(), finish, done.usage(), done.timings());
    }
}
