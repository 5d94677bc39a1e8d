package dev.graft.bench.adapters;

import dev.graft.bench.client.Http;
import dev.graft.bench.client.Streamed;
import java.io.IOException;

/** A greedy request for exactly so many tokens, and the fields that tell its adapter: each server has its own for that. */
record Completion(String adapter, String prompt, int tokens) {
    private static final String PATH = "/v1/completions";

    Streamed stream(Http http) throws IOException {
        Streamed answer =
                http.stream(PATH, "{" + fields() + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
        if (answer.completionTokens() != tokens) {
            throw new IllegalStateException("answered " + answer.completionTokens() + " tokens, asked for " + tokens);
        }
        return answer;
    }

    /** Whole. */
    Http.Response post(Http http) throws IOException {
        return http.post(PATH, "{" + fields() + "}");
    }

    private String fields() {
        return adapter + ",\"prompt\":\"" + prompt + "\",\"max_tokens\":" + tokens
                + ",\"temperature\":0,\"ignore_eos\":true";
    }
}
