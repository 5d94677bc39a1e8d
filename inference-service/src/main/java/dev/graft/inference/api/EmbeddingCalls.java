package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Prompt;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.PromptTokens;
import dev.graft.inference.request.Refusals;
import dev.graft.inference.request.Request;
import dev.graft.inference.request.Request.Terms;
import dev.graft.inference.request.Tokens;
import dev.graft.inference.settings.InferenceSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** {@code /v1/embeddings}: mean pooled, of length 1. */
@Singleton
final class EmbeddingCalls {
    private final Submissions submissions;
    private final PromptTokens prompts;
    private final ModelText text;
    private final InferenceSettings settings;

    EmbeddingCalls(Submissions submissions, PromptTokens prompts, ModelText text, InferenceSettings settings) {
        this.submissions = submissions;
        this.prompts = prompts;
        this.text = text;
        this.settings = settings;
    }

    void embed(Call call) throws InterruptedException {
        JsonBody body = call.body();
        Terms terms = submissions.admission(body);
        if (terms.adapter().isPresent()) {
            throw Refusals.invalid(
                    "model", terms.adapter().get().ref(), "must be " + text.name() + ": adapters give no embeddings");
        }
        JsonNode input = body.required("input", "a string, an array of strings, or tokens");
        String encoding = body.text("encoding_format").orElse("float");
        if (!encoding.equals("float") && !encoding.equals("base64")) {
            throw Refusals.invalid("encoding_format", encoding, "must be float or base64");
        }
        body.refuseUnless("dimensions", JsonBody::saysNothing, "the model has one number of dimensions: leave it out");
        body.end();
        List<Request.Embed> requests = requests(Submissions.id("embd-"), terms, input);
        List<Done> ends = submissions.ends(call, requests);
        call.reply(g -> write(g, ends, encoding.equals("base64")));
    }

    private List<Request.Embed> requests(String id, Terms terms, JsonNode input) {
        List<Inputs.Input> inputs =
                Inputs.several(input, "input", text, settings.limits().inputs());
        List<Request.Embed> requests = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            String field = inputs.size() > 1 ? "input[" + i + "]" : "input";
            Tokens tokens = switch (inputs.get(i)) {
                case Inputs.Input.Text plain -> prompts.of(new Prompt.Text(plain.text()), field);
                case Inputs.Input.Numbers numbers -> prompts.of(numbers.tokens(), field);
            };
            requests.add(new Request.Embed(id + "-" + i, terms, tokens));
        }
        return requests;
    }

    private void write(JsonGenerator g, List<Done> ends, boolean base64) throws IOException {
        int tokens = ends.stream().mapToInt(end -> end.usage().promptTokens()).sum();
        g.writeStartObject();
        g.writeStringField("object", "list");
        g.writeArrayFieldStart("data");
        for (int i = 0; i < ends.size(); i++) {
            g.writeStartObject();
            g.writeStringField("object", "embedding");
            g.writeNumberField("index", i);
            g.writeFieldName("embedding");
            vector(g, ends.get(i).embedding(), base64);
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeStringField("model", text.name());
        g.writeObjectFieldStart("usage");
        g.writeNumberField("prompt_tokens", tokens);
        g.writeNumberField("total_tokens", tokens);
        g.writeEndObject();
        g.writeEndObject();
    }

    /** As numbers, or as base64 of 32-bit floats, little end first. */
    private static void vector(JsonGenerator g, float[] vector, boolean base64) throws IOException {
        if (base64) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            g.writeBinary(bytes.array());
            return;
        }
        g.writeStartArray();
        for (float x : vector) {
            g.writeNumber(x);
        }
        g.writeEndArray();
    }
}
