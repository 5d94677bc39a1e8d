package dev.graft.inference.answer;

import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Usage;
import java.util.List;

/** What happens to a request, in order: any number of {@link Text} and {@link ChoiceEnded}, then one {@link Done} or {@link Failed}. */
public sealed interface AnswerEvent {
    /**
     * More text of one choice. Whole characters only: a character whose bytes lie in several tokens comes with the last of them, and text that
     * may be the beginning of a stop text is held back.
     *
     * @param choice from 0, below the number of answers that were asked for
     * @param tokens the drawn tokens that this text came from, where log-probabilities were asked for
     */
    record Text(int choice, String text, List<ScoredToken> tokens) implements AnswerEvent {}

    /** One choice is complete. */
    record ChoiceEnded(int choice, Finish finish) implements AnswerEvent {}

    /**
     * All is complete.
     *
     * @param labels of a classification, in the request's order; else empty
     * @param prompt the prompt's tokens with their log-probabilities, where asked for; the first has none (NaN)
     * @param embedding of an embedding request; else empty
     */
    record Done(
            Served served,
            Usage usage,
            Timings timings,
            List<LabelProbability> labels,
            List<ScoredToken> prompt,
            float[] embedding)
            implements AnswerEvent {}

    /** There will be no (more of an) answer. */
    record Failed(Fault fault) implements AnswerEvent {}

    /**
     * @param token its number
     * @param bytes what it stands for; not always whole characters
     * @param logprob ln p of the model's own distribution, before temperature and filters
     * @param alternatives the likeliest tokens at this place, likeliest first, as many as were asked for
     */
    record ScoredToken(int token, byte[] bytes, double logprob, List<ScoredToken> alternatives) {}
}
