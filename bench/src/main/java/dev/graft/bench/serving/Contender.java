package dev.graft.bench.serving;

import dev.graft.bench.client.Http;
import dev.graft.bench.client.Streamed;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A server under load: one client for both; only a choice among labels is asked in each one's own way. */
record Contender(Side side, Http http) {
    /** Whose server it is. */
    enum Side {
        GRAFT,
        PEER
    }

    private static final String COMPLETIONS = "/v1/completions";

    /** Greedy, exactly this many tokens. */
    Streamed complete(String prompt, int tokens) throws IOException {
        Streamed answer = http.stream(COMPLETIONS, body(prompt, tokens));
        if (answer.completionTokens() != tokens) {
            throw new IllegalStateException(
                    side + " answered " + answer.completionTokens() + " tokens, asked for " + tokens);
        }
        return answer;
    }

    Streamed completeUntil(String prompt, int tokens, long deadlineNanos) throws IOException {
        return http.streamUntil(COMPLETIONS, body(prompt, tokens), deadlineNanos);
    }

    private static String body(String prompt, int tokens) {
        return "{\"prompt\":\"" + prompt + "\",\"max_tokens\":" + tokens
                + ",\"temperature\":0,\"ignore_eos\":true,\"stream\":true,\"stream_options\":{\"include_usage\":true}}";
    }

    /** Graft by likelihood, llama-server by generating under a grammar that allows the labels only. */
    String classify(String prompt, List<String> labels) throws IOException {
        Http.Response response = switch (side) {
            case GRAFT ->
                http.post(
                        "/v1/classify",
                        "{\"prompt\":\"" + prompt + "\",\"labels\":["
                                + labels.stream()
                                        .map(label -> '"' + label + '"')
                                        .collect(Collectors.joining(","))
                                + "]}");
            case PEER ->
                http.post(
                        COMPLETIONS,
                        "{\"prompt\":\"" + prompt + "\",\"temperature\":0,\"max_tokens\":8,\"grammar\":\"root ::= "
                                + labels.stream()
                                        .map(label -> "\\\"" + label + "\\\"")
                                        .collect(Collectors.joining(" | "))
                                + "\"}");
        };
        if (response.status() != 200 || labels.stream().noneMatch(response.body()::contains)) {
            throw new IllegalStateException(side + " answered HTTP " + response.status() + ": " + response.body());
        }
        return response.body();
    }
}
