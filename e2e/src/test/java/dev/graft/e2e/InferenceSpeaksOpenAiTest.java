package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningStack.Parameter.class)
class InferenceSpeaksOpenAiTest {
    private static final List<Map<String, String>> CHAT =
            List.of(Map.of("role", "user", "content", "What is the capital of France?"));

    @Test
    void theModelIsListed(RunningStack stack) throws Exception {
        assertThat(stack.inference().get("/v1/models").json().at("/data/0/id").asText())
                .isEqualTo(RunningStack.MODEL);
    }

    @Test
    void aStreamedChatEndsWithDoneAndSaysWhatAWholeOneSays(RunningStack stack) throws Exception {
        var body = new HashMap<String, Object>(
                Map.of("model", RunningStack.MODEL, "messages", CHAT, "max_tokens", 16, "temperature", 0));
        var whole = stack.inference().post("/v1/chat/completions", body);
        assertThat(whole.status()).as(whole.text()).isEqualTo(200);
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));

        List<String> data;
        try (var events = stack.inference().events("/v1/chat/completions", body)) {
            data = events.toList();
        }

        assertThat(data.getLast()).isEqualTo("[DONE]");
        var text = new StringBuilder();
        var usages = new ArrayList<JsonNode>();
        for (String line : data.subList(0, data.size() - 1)) {
            JsonNode chunk = Web.JSON.readTree(line);
            text.append(chunk.at("/choices/0/delta/content").asText(""));
            if (chunk.path("usage").isObject()) {
                usages.add(chunk.get("usage"));
                assertThat(chunk.get("served")).isEqualTo(whole.json().get("served"));
            }
        }
        assertThat(text.toString())
                .isEqualTo(whole.json().at("/choices/0/message/content").asText());
        assertThat(whole.json().at("/served/model").asText()).isEqualTo(RunningStack.MODEL);
        assertThat(usages).singleElement().isEqualTo(withoutDetails(whole.json(), usages.getFirst()));
    }

    /** How many tokens were cached may differ between the two; how many there were may not. */
    private static JsonNode withoutDetails(JsonNode whole, JsonNode streamed) {
        for (String count : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
            assertThat(streamed.get(count)).isEqualTo(whole.get("usage").get(count));
        }
        return streamed;
    }

    @Test
    void aChoiceIsOneOfThoseThatWereGiven(RunningStack stack) throws Exception {
        var reply = stack.inference()
                .post(
                        "/v1/chat/completions",
                        Map.of(
                                "model",
                                RunningStack.MODEL,
                                "messages",
                                CHAT,
                                "structured_outputs",
                                Map.of("choice", List.of("Paris", "Rome", "Madrid"))));

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json().at("/choices/0/message/content").asText()).isIn("Paris", "Rome", "Madrid");
    }

    @Test
    void aClassificationGivesEveryLabelItsProbability(RunningStack stack) throws Exception {
        for (String normalisation : List.of("sum", "mean", "pmi")) {
            var reply = stack.inference()
                    .post(
                            "/v1/classify",
                            Map.of(
                                    "model",
                                    RunningStack.MODEL,
                                    "messages",
                                    CHAT,
                                    "labels",
                                    List.of("Paris", "a city in the south of Spain"),
                                    "normalisation",
                                    normalisation,
                                    "calibration",
                                    "contextual"));

            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
            assertThat(reply.text()).contains("Paris", "a city in the south of Spain", "probability");
        }
    }

    @Test
    void anEmbeddingHasLengthOne(RunningStack stack) throws Exception {
        var reply = stack.inference().post("/v1/embeddings", Map.of("model", RunningStack.MODEL, "input", "A lamp."));

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        double square = 0;
        for (JsonNode x : reply.json().at("/data/0/embedding")) {
            square += x.asDouble() * x.asDouble();
        }
        assertThat(square).isBetween(0.999, 1.001);
    }

    @Test
    void tokensTurnIntoTheTextTheyCameFrom(RunningStack stack) throws Exception {
        String text = "Grüße, 世界 <|im_start|>";
        var tokens = stack.inference().post("/tokenize", Map.of("content", text));
        assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);

        var back = stack.inference()
                .post("/detokenize", Map.of("tokens", tokens.json().get("tokens")));

        assertThat(back.json().get("content").asText()).isEqualTo(text);
    }

    @Test
    void anUnknownModelIsAnErrorInOpenAisShape(RunningStack stack) throws Exception {
        var reply = stack.inference().post("/v1/chat/completions", Map.of("model", "gpt-9", "messages", CHAT));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.json().at("/error/message").asText()).contains("gpt-9");
        assertThat(reply.json().at("/error/param").asText()).isEqualTo("model");
    }
}
