package dev.graft.inference.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Sampling;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.Refusals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** OpenAI's fields for drawing tokens, and those that llama-server and vLLM add to them. */
final class SamplingFields {
    private static final double NEVER = -100;

    static Sampling read(JsonBody body, ModelText text) {
        return new Sampling(
                maxTokens(body),
                body.number("temperature"),
                body.whole("top_k"),
                body.number("top_p"),
                body.number("min_p"),
                body.number("repeat_penalty"),
                body.number("frequency_penalty"),
                body.number("presence_penalty"),
                body.whole("repeat_last_n"),
                body.wholeLong("seed"),
                body.node("stop").map(stop -> Inputs.texts(stop, "stop")).orElse(List.of()),
                bias(body, text));
    }

    private static OptionalInt maxTokens(JsonBody body) {
        OptionalInt newer = body.whole("max_completion_tokens");
        OptionalInt older = body.whole("max_tokens");
        if (newer.isPresent() && older.isPresent() && newer.getAsInt() != older.getAsInt()) {
            throw Refusals.invalid(
                    "max_tokens", older.getAsInt(), "contradicts max_completion_tokens: give one of them");
        }
        return newer.isPresent() ? newer : older;
    }

    private static Map<Integer, Double> bias(JsonBody body, ModelText text) {
        Map<Integer, Double> bias = new HashMap<>();
        if (body.flag("ignore_eos")) {
            text.tokenizer().endsOfGeneration().stream().forEach(end -> bias.put(end, NEVER));
        }
        body.node("logit_bias").ifPresent(node -> read(node, bias));
        return bias;
    }

    private static void read(JsonNode node, Map<Integer, Double> bias) {
        if (!node.isObject()) {
            throw JsonBody.wrongType("logit_bias", node, "an object of token numbers and biases");
        }
        node.properties().forEach(entry -> {
            String field = "logit_bias." + entry.getKey();
            if (!entry.getValue().isNumber()) {
                throw JsonBody.wrongType(field, entry.getValue(), "a number");
            }
            try {
                bias.put(Integer.valueOf(entry.getKey()), entry.getValue().doubleValue());
            } catch (NumberFormatException e) {
                throw Refusals.invalid(field, entry.getKey(), "must be named by a token number");
            }
        });
    }

    private SamplingFields() {}
}
