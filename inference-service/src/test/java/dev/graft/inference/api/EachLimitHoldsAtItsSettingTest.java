package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits that events don't meet; what is at a limit is served. */
@QuarkusTest
@TestProfile(EachLimitHoldsAtItsSettingTest.Small.class)
class EachLimitHoldsAtItsSettingTest {
    private static final int BODY_BYTES = 2_000;

    public static final class Small implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "graft.limits.prompt-tokens", "6",
                    "graft.limits.inputs", "2",
                    "graft.limits.logprobs", "3",
                    "graft.limits.logit-bias", "2",
                    "graft.limits.body-bytes", Integer.toString(BODY_BYTES),
                    "graft.limits.deadline", "0.5S");
        }
    }

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'prompt': 'a a a a a a a'}                                | prompt_too_long  | prompt     | 7 tokens   | at most 6",
                "{'prompt': ['a', 'a', 'a']}                                | too_many_inputs  | prompt     | 3 elements | at most 2",
                "{'prompt': 'a', 'logprobs': 4}                             | invalid_value    | logprobs   | 4          | 3",
                "{'prompt': 'a', 'logit_bias': {'7': 1, '8': 1, '9': 1}}    | too_many_biases  | logit_bias | 3 tokens   | at most 2",
            })
    void oneMoreIsRefusedWithTheFigures(String body, String code, String param, String value, String limit)
            throws Exception {
        HttpResponse<String> refused = http.post("/v1/completions", body.replace('\'', '"'));
        JsonNode error = Http.JSON.readTree(refused.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(error.path("param").asText()).isEqualTo(param);
        assertThat(error.path("value").asText()).isEqualTo(value);
        assertThat(error.path("remedy").asText()).contains(limit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'prompt': 'a a a a a a'",
                "'prompt': ['a', 'a']",
                "'prompt': 'a', 'logprobs': 3",
                "'prompt': 'a', 'logit_bias': {'7': 1, '8': 1}",
            })
    void theLimitItselfIsServed(String fields) throws Exception {
        String body = "{" + fields.replace('\'', '"') + ", \"max_tokens\": 1}";
        assertThat(http.post("/v1/completions", body).statusCode()).isEqualTo(200);
    }

    @Test
    void aBodyOfOneMoreByteIsTooLarge() throws Exception {
        String body = "{\"prompt\": \"a\", \"max_tokens\": 1}";
        HttpResponse<String> refused = http.post("/v1/completions", body + " ".repeat(BODY_BYTES + 1 - body.length()));
        JsonNode error = Http.JSON.readTree(refused.body()).path("error");
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(error.path("code").asText()).isEqualTo("body_too_large");
        assertThat(error.path("remedy").asText()).contains(Integer.toString(BODY_BYTES));
        assertThat(http.post("/v1/completions", body + " ".repeat(BODY_BYTES - body.length()))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatNamesNoDeadlineIsGivenUpAtTheSettingsOwn() throws Exception {
        HttpResponse<String> late = http.post("/v1/completions", Http.writing(4_096, ""));
        assertThat(late.statusCode()).isEqualTo(408);
        assertThat(Http.JSON.readTree(late.body()).path("error").path("code").asText())
                .isEqualTo("deadline_exceeded");
    }
}
