package dev.graft.training.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.dataset.TokenizedExample;
import dev.graft.training.job.ServedModel;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks for the log-probabilities of an example's own tokens: a completion of none, with the prompt echoed. */
@Singleton
public class ServedModelOverHttp implements ServedModel {
    private static final int ALTERNATIVES = 20;
    private static final int NOT_FOUND = 404;
    private static final String ID = "token_id:";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final InferenceHttp inference;

    public ServedModelOverHttp(InferenceHttp inference) {
        this.inference = inference;
    }

    @Override
    public List<Map<Integer, Double>> likeliest(String model, TokenizedExample example) throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", model);
        body.put("prompt", example.tokens());
        body.put("echo", true);
        body.put("max_tokens", 0);
        body.put("logprobs", ALTERNATIVES);
        body.put("return_tokens_as_token_ids", true);
        // An instance that does not know the adapter yet is about to read of it.
        JsonNode places = inference
                .post("/v1/completions", body, PATIENCE, status -> status == NOT_FOUND)
                .path("choices")
                .path(0)
                .path("logprobs")
                .path("top_logprobs");
        if (places.size() != example.tokens().length) {
            throw new FaultException(
                    Fault.internal("unexpected_answer", places.size() + " places where its prompt has tokens"));
        }
        List<Map<Integer, Double>> learned = new ArrayList<>();
        for (int at = example.completionFrom(); at < places.size(); at++) {
            learned.add(place(places.get(at)));
        }
        return learned;
    }

    private static Map<Integer, Double> place(JsonNode alternatives) {
        Map<Integer, Double> likeliest = new LinkedHashMap<>();
        alternatives.properties().stream()
                .sorted(Comparator.comparingDouble(token -> -token.getValue().asDouble()))
                .forEach(token -> likeliest.put(
                        Integer.valueOf(token.getKey().substring(ID.length())),
                        token.getValue().asDouble()));
        return likeliest;
    }
}
