package dev.graft.prompt.api;

import dev.graft.contracts.Prompt;
import dev.graft.contracts.Sampling;
import dev.graft.prompt.dispatch.Run;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A run in the words of OpenAI's API, as the inference service takes it.
 *
 * @param path {@code /v1/chat/completions} or {@code /v1/completions}
 * @param body as JSON
 */
record StreamedRequest(String path, Map<String, Object> body) {
    /** @param left until its deadline */
    static StreamedRequest of(Run run, Duration left) {
        Map<String, Object> body = new LinkedHashMap<>();
        run.model().ifPresent(model -> body.put("model", model));
        run.user().ifPresent(user -> body.put("user", user));
        body.put("priority", run.priority());
        body.put("deadline_ms", Math.max(1, left.toMillis()));
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        sampling(run.sampling(), body);
        return switch (run.rendered().prompt()) {
            case Prompt.Chat chat -> {
                body.put("messages", chat.messages());
                yield new StreamedRequest("/v1/chat/completions", body);
            }
            case Prompt.Text text -> {
                body.put("prompt", text.text());
                yield new StreamedRequest("/v1/completions", body);
            }
        };
    }

    private static void sampling(Sampling sampling, Map<String, Object> body) {
        sampling.maxTokens().ifPresent(value -> body.put("max_tokens", value));
        sampling.temperature().ifPresent(value -> body.put("temperature", value));
        sampling.topK().ifPresent(value -> body.put("top_k", value));
        sampling.topP().ifPresent(value -> body.put("top_p", value));
        sampling.minP().ifPresent(value -> body.put("min_p", value));
        sampling.repeatPenalty().ifPresent(value -> body.put("repeat_penalty", value));
        sampling.repeatLastN().ifPresent(value -> body.put("repeat_last_n", value));
        sampling.frequencyPenalty().ifPresent(value -> body.put("frequency_penalty", value));
        sampling.presencePenalty().ifPresent(value -> body.put("presence_penalty", value));
        sampling.seed().ifPresent(value -> body.put("seed", value));
        if (!sampling.stop().isEmpty()) {
            body.put("stop", sampling.stop());
        }
        if (!sampling.logitBias().isEmpty()) {
            body.put("logit_bias", sampling.logitBias());
        }
    }
}
