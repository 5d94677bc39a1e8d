package dev.graft.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.cli.InferenceClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Requests that are sent at once over HTTP, each naming a model: few enough that the service computes them in one batch.
 *
 * @param models one a request
 * @param question of all
 */
record MixedBatch(List<String> models, String question) {
    /** The answers in the order of the models, as the model ends them. */
    List<AdapterReport.Answer> answers(InferenceClient inference, int mostTokens)
            throws IOException, InterruptedException {
        List<JsonNode> replies = send(inference, Map.of("max_tokens", mostTokens));
        List<AdapterReport.Answer> answers = new ArrayList<>();
        for (int i = 0; i < replies.size(); i++) {
            JsonNode reply = replies.get(i);
            JsonNode served = reply.path("served");
            answers.add(new AdapterReport.Answer(
                    models.get(i),
                    served.path("adapter").asText(),
                    served.path("generation").asInt(),
                    reply.at("/choices/0/message/content").asText().strip()));
        }
        return answers;
    }

    /** How long it takes to have so many tokens of each, in milliseconds. */
    double milliseconds(InferenceClient inference, int tokens) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        send(inference, Map.of("max_tokens", tokens, "ignore_eos", true));
        return (System.nanoTime() - begin) / 1e6;
    }

    private List<JsonNode> send(InferenceClient inference, Map<String, Object> more)
            throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JsonNode>> underWay = new ArrayList<>();
            for (String model : models) {
                Map<String, Object> body = new HashMap<>(more);
                body.put("model", model);
                body.put("temperature", 0);
                body.put("messages", List.of(Map.of("role", "user", "content", question)));
                underWay.add(threads.submit(() -> inference.post("/v1/chat/completions", body)));
            }
            List<JsonNode> replies = new ArrayList<>();
            for (Future<JsonNode> reply : underWay) {
                replies.add(reply.get());
            }
            return replies;
        } catch (ExecutionException e) {
            throw cause(e);
        }
    }

    private static RuntimeException cause(ExecutionException e) throws IOException, InterruptedException {
        return switch (e.getCause()) {
            case IOException cause -> throw cause;
            case InterruptedException cause -> throw cause;
            case RuntimeException cause -> cause;
            case null, default -> new IllegalStateException(e);
        };
    }
}
