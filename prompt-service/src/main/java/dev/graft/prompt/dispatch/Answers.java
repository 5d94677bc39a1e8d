package dev.graft.prompt.dispatch;

import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.PromptResult;
import dev.graft.prompt.template.Verdict;
import java.util.Comparator;
import java.util.List;

/** Turns what inference says into what the sender of a prompt request hears. */
public final class Answers {
    /** A failure stays one, under the sender's own id. */
    public static PromptResult of(Run run, InferenceResult result) {
        return switch (result) {
            case InferenceResult.Answered answered -> answered(run, answered);
            case InferenceResult.Failed failed -> new PromptResult.Failed(run.id(), failed.fault());
        };
    }

    private static PromptResult answered(Run run, InferenceResult.Answered answered) {
        List<LabelProbability> labels = run.named(answered.labels());
        Verdict verdict = labels.stream()
                .max(Comparator.comparingDouble(LabelProbability::probability))
                .map(likeliest -> new Verdict(likeliest.label(), true))
                .orElseGet(() -> Verdict.of(run.form(), answered.text()));
        return new PromptResult.Answered(
                run.id(),
                run.template().name(),
                run.template().version(),
                answered.served(),
                verdict.text(),
                labels,
                verdict.valid(),
                answered.finish(),
                answered.usage(),
                answered.timings());
    }

    private Answers() {}
}
