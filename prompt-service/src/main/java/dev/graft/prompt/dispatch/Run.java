package dev.graft.prompt.dispatch;

import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.contracts.Sampling;
import dev.graft.prompt.template.OutputForm;
import dev.graft.prompt.template.Rendered;
import dev.graft.prompt.template.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A request whose template is found and rendered: what the inference service shall do.
 *
 * @param id the sender's id
 * @param asked what makes it the same as one with the same id
 * @param user whom it is for; decides who gets an adapter's candidate
 * @param mode how a label is found; of no meaning for other outputs
 */
public record Run(
        String id,
        Template template,
        Rendered rendered,
        Asked asked,
        Optional<String> model,
        Optional<String> user,
        LabelMode mode,
        int priority,
        Instant deadline) {
    private static final int LONGEST_ID = 200;
    private static final int LABEL_TOKENS = 16;

    /** The same for the same request, so that one that is sent again, after a crash, gets the answer that inference has stored. */
    public String inferenceId() {
        String id = "prompt:" + this.id;
        return id.length() <= LONGEST_ID
                ? id
                : "prompt:sha256:" + dev.graft.prompt.template.TemplateJson.sha256(this.id);
    }

    /** Whether a label is scored, so that there is no text to stream. */
    public boolean scored() {
        return form() instanceof OutputForm.Label && mode == LabelMode.SCORE;
    }

    OutputForm form() {
        return template.source().output();
    }

    /** What is sent. */
    public InferenceRequest request() {
        return new InferenceRequest(
                inferenceId(),
                model,
                user,
                OptionalDouble.empty(),
                rendered.prompt(),
                output(),
                priority,
                Optional.of(deadline));
    }

    private Output output() {
        if (form() instanceof OutputForm.Label label && scored()) {
            String before = template.source().beforeAnswer();
            List<String> labels =
                    label.labels().stream().map(text -> before + text).toList();
            Optional<Prompt> contentFree = rendered.contentFree();
            return new Output.Classify(labels, label.normalisation(), label.calibration(), contentFree);
        }
        return new Output.Generate(sampling());
    }

    /** How tokens are drawn. */
    public Sampling sampling() {
        return switch (form()) {
            case OutputForm.Text text -> text.sampling().orElseGet(Sampling::defaults);
            case OutputForm.Matching matching -> matching.sampling().orElseGet(Sampling::defaults);
            case OutputForm.Label label -> forLabels(label.sampling().orElseGet(Sampling::defaults));
        };
    }

    /** A label is one short line, and the likeliest is meant. */
    private static Sampling forLabels(Sampling given) {
        return new Sampling(
                given.maxTokens().isPresent() ? given.maxTokens() : OptionalInt.of(LABEL_TOKENS),
                given.temperature().isPresent() ? given.temperature() : OptionalDouble.of(0),
                given.topK(),
                given.topP(),
                given.minP(),
                given.repeatPenalty(),
                given.frequencyPenalty(),
                given.presencePenalty(),
                given.repeatLastN(),
                given.seed(),
                given.stop().isEmpty() ? List.of("\n") : given.stop(),
                given.logitBias());
    }

    /** The labels of an answer as the template writes them; they come back in the order in which they were sent. */
    List<LabelProbability> named(List<LabelProbability> scored) {
        if (!(form() instanceof OutputForm.Label label)
                || scored.size() != label.labels().size()) {
            return scored;
        }
        List<LabelProbability> named = new ArrayList<>();
        for (int i = 0; i < scored.size(); i++) {
            LabelProbability each = scored.get(i);
            named.add(new LabelProbability(label.labels().get(i), each.probability(), each.logLikelihood()));
        }
        return named;
    }
}
