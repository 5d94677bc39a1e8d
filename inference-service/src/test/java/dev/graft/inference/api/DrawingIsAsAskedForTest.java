package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class DrawingIsAsAskedForTest {
    private static final String REPETITIVE = "red green blue red green blue red green blue red green blue red green";
    private static final String DRAWN =
            "\"temperature\": 1.2, \"top_k\": 200, \"min_p\": 0.001, \"repeat_penalty\": 1.1, \"ignore_eos\": true";

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @SuppressWarnings("NullAway.Init")
    private Http http;

    @BeforeEach
    void connect() {
        http = new Http(base, inference);
    }

    @Test
    void theSameSeedGivesTheSameTextAndAnotherSeedAnother() throws Exception {
        String once = text("Once upon a time", DRAWN + ", \"seed\": 7");

        assertThat(text("Once upon a time", DRAWN + ", \"seed\": 7")).isEqualTo(once);
        assertThat(text("Once upon a time", DRAWN + ", \"seed\": 8")).isNotEqualTo(once);
    }

    @Test
    void anAnswerThatIgnoresItsEndHasAllItsTokens() throws Exception {
        JsonNode answer =
                answer("The capital of France is Paris.<|im_end|>", "\"temperature\": 0, \"ignore_eos\": true");

        assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(24);
        assertThat(answer.path("choices").path(0).path("finish_reason").asText())
                .isEqualTo("length");
    }

    @Test
    void oneCandidateLeavesNothingToChance() throws Exception {
        String greedy = text("Once upon a time", "\"temperature\": 0");

        assertThat(text("Once upon a time", "\"temperature\": 1.5, \"top_k\": 1"))
                .isEqualTo(greedy);
        assertThat(text("Once upon a time", "\"temperature\": 1.5, \"min_p\": 1"))
                .isEqualTo(greedy);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"repeat_penalty\": 1.8", "\"presence_penalty\": 2", "\"frequency_penalty\": 2"})
    void penaltiesKeepFromRepeatingAndNotBeyondTheirReach(String penalty) throws Exception {
        String plain = "\"temperature\": 0, \"ignore_eos\": true";
        String greedy = text(REPETITIVE, plain);
        String penalised = text(REPETITIVE, plain + ", " + penalty);

        assertThat(repeats(penalised)).as("%s instead of %s", penalised, greedy).isLessThan(repeats(greedy));
        assertThat(text(REPETITIVE, plain + ", \"repeat_last_n\": 0, " + penalty))
                .as("they look at no token")
                .isEqualTo(greedy);
    }

    @Test
    void oneOfTheChoicesIsTheAnswerToAPlainPromptToo() throws Exception {
        String body = choosing("");
        JsonNode choice = http.json("/v1/completions", body).path("choices").path(0);

        assertThat(choice.path("text").asText()).isIn("Paris", "Berlin");
        assertThat(http.json("/v1/completions", body).path("choices").path(0).path("text"))
                .isEqualTo(choice.path("text"));
    }

    @Test
    void oneOfTheChoicesIsStreamed() throws Exception {
        String whole = http.json("/v1/completions", choosing(""))
                .path("choices")
                .path(0)
                .path("text")
                .asText();
        HttpResponse<String> stream = http.post("/v1/completions", choosing(", \"stream\": true"));

        List<String> texts = new ArrayList<>();
        for (String line : stream.body().lines().toList()) {
            if (line.startsWith("data: {")) {
                texts.add(Http.JSON
                        .readTree(line.substring("data: ".length()))
                        .path("choices")
                        .path(0)
                        .path("text")
                        .asText());
            }
        }
        assertThat(String.join("", texts)).isEqualTo(whole);
        assertThat(stream.body()).endsWith("data: [DONE]\n\n");
    }

    private static String choosing(String more) {
        return "{\"prompt\": \"The capital of France is\", \"structured_outputs\": {\"choice\": [\"Paris\", \"Berlin\"]}"
                + more + "}";
    }

    private static long repeats(String text) {
        List<String> words = Arrays.asList(text.strip().split("\\s+"));
        return words.size() - words.stream().distinct().count();
    }

    private String text(String prompt, String more) throws Exception {
        return answer(prompt, more).path("choices").path(0).path("text").asText();
    }

    private JsonNode answer(String prompt, String more) throws Exception {
        return http.json("/v1/completions", "{\"prompt\": \"" + prompt + "\", \"max_tokens\": 24, " + more + "}");
    }
}
