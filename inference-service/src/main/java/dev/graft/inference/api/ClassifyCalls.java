package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Classify;
import dev.graft.contracts.Output.Normalisation;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.Served;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.answer.LabelProbabilities;
import dev.graft.inference.request.Classifications;
import dev.graft.inference.request.Naming;
import dev.graft.inference.request.Refusals;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * {@code /v1/classify}: each label's probability, for one input or several. Batch calibration of several inputs divides by the mean over exactly
 * these; of one input, by the running mean over the requests with the same labels ({@link dev.graft.inference.answer.RunningLabelMeans}).
 */
@Singleton
final class ClassifyCalls {
    private final Submissions submissions;
    private final Classifications classifications;
    private final InferenceSettings settings;

    ClassifyCalls(Submissions submissions, Classifications classifications, InferenceSettings settings) {
        this.submissions = submissions;
        this.classifications = classifications;
        this.settings = settings;
    }

    /** An input and what its sender calls it. */
    private record Named(Prompt prompt, String field) {}

    void classify(Call call) throws InterruptedException {
        JsonBody body = call.body();
        Terms terms = submissions.admission(body);
        List<Named> inputs = inputs(body);
        List<String> labels = Inputs.texts(body.required("labels", "an array of texts"), "labels");
        var normalisation = body.constant("normalisation", Normalisation.class);
        var calibration = body.constant("calibration", Calibration.class);
        Optional<Prompt> contentFree = body.node("content_free").map(ClassifyCalls::contentFree);
        body.end();
        boolean together = inputs.size() > 1 && calibration.equals(Optional.of(Calibration.BATCH));
        var asked = new Classify(labels, normalisation, together ? Optional.empty() : calibration, contentFree);
        String id = Submissions.id("classify-");
        List<Request.Classify> requests = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Named input = inputs.get(i);
            requests.add(classifications.of(id + "-" + i, terms, input.prompt(), input.field(), asked, Naming.HTTP));
        }
        List<Done> ends = submissions.ends(call, requests);
        List<List<LabelProbability>> answers = ends.stream().map(Done::labels).toList();
        List<List<LabelProbability>> calibrated = together ? calibratedTogether(answers) : answers;
        call.reply(g -> write(g, id, calibrated, ends));
    }

    private List<Named> inputs(JsonBody body) {
        Optional<JsonNode> prompt = body.node("prompt");
        Optional<JsonNode> messages = body.node("messages");
        if (prompt.isPresent() == messages.isPresent()) {
            throw Refusals.refused("missing_field", "prompt", "", "give either prompt or messages");
        }
        int most = settings.limits().inputs();
        if (prompt.isPresent()) {
            JsonNode node = prompt.get();
            List<String> texts = Inputs.texts(node, "prompt");
            Inputs.few(node, "prompt", most);
            return named(texts.stream().<Prompt>map(Prompt.Text::new).toList(), "prompt", node.isArray());
        }
        JsonNode node = messages.orElseThrow();
        if (!node.path(0).isArray()) {
            return List.of(new Named(Inputs.chat(node, "messages"), "messages"));
        }
        Inputs.few(node, "messages", most);
        List<Prompt> chats = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
            chats.add(Inputs.chat(node.get(i), "messages[" + i + "]"));
        }
        return named(chats, "messages", true);
    }

    private static List<Named> named(List<Prompt> prompts, String field, boolean array) {
        if (prompts.isEmpty()) {
            throw Refusals.refused("empty_prompt", field, "[]", "must have at least one element");
        }
        return IntStream.range(0, prompts.size())
                .mapToObj(i -> new Named(prompts.get(i), array ? field + "[" + i + "]" : field))
                .toList();
    }

    private static Prompt contentFree(JsonNode node) {
        return node.isTextual() ? new Prompt.Text(node.textValue()) : Inputs.chat(node, "content_free");
    }

    private static List<List<LabelProbability>> calibratedTogether(List<List<LabelProbability>> inputs) {
        List<double[]> raw = inputs.stream()
                .map(labels -> labels.stream()
                        .mapToDouble(LabelProbability::probability)
                        .toArray())
                .toList();
        List<double[]> calibrated = LabelProbabilities.calibratedByMean(raw);
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> LabelProbabilities.with(inputs.get(i), calibrated.get(i)))
                .toList();
    }

    private void write(JsonGenerator g, String id, List<List<LabelProbability>> answers, List<Done> ends)
            throws IOException {
        g.writeStartObject();
        g.writeStringField("id", id);
        g.writeStringField("object", "list");
        g.writeNumberField("created", CompletionAsk.now());
        Served served = ends.getFirst().served();
        g.writeStringField(
                "model", served.adapter().isEmpty() ? served.model() : served.adapter() + "@" + served.generation());
        g.writeArrayFieldStart("data");
        for (int i = 0; i < answers.size(); i++) {
            g.writeStartObject();
            g.writeNumberField("index", i);
            g.writeStringField("label", Submissions.likeliest(answers.get(i)).label());
            g.writeArrayFieldStart("labels");
            for (LabelProbability label : answers.get(i)) {
                g.writeStartObject();
                g.writeStringField("label", label.label());
                g.writeNumberField("probability", label.probability());
                g.writeNumberField("log_likelihood", label.logLikelihood());
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeEndObject();
        }
        g.writeEndArray();
        CompletionJson.usage(g, ends);
        g.writeEndObject();
    }
}
