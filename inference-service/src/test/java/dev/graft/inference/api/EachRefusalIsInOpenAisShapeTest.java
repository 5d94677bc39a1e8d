package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class EachRefusalIsInOpenAisShapeTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/v1/chat/completions | {                                           | 400 | malformed_json        |",
                "/v1/chat/completions | []                                          | 400 | malformed_json        |",
                "/v1/chat/completions | {}                                          | 400 | missing_field         | messages",
                "/v1/chat/completions | {'messages': 'Hi'}                          | 400 | wrong_type            | messages",
                "/v1/chat/completions | {'messages': [{'role': 'user'}]}            | 400 | missing_field         | messages[0].content",
                "/v1/chat/completions | {'messages': []}                            | 400 | empty_prompt          | messages",
                "/v1/completions      | {'prompt': 'a', 'model': 'gpt-4'}           | 404 | model_not_found       | model",
                "/v1/completions      | {'prompt': 'a', 'max_tokens': 'x'}          | 400 | wrong_type            | max_tokens",
                "/v1/completions      | {'prompt': 'a', 'max_tokens': 100000}       | 400 | max_tokens_out_of_range | max_tokens",
                "/v1/completions      | {'prompt': 'a', 'n': 17}                    | 400 | invalid_value         | n",
                "/v1/completions      | {'prompt': 'a', 'suffix': 'b'}              | 400 | unsupported_parameter | suffix",
                "/v1/completions      | {'prompt': 'a', 'guided_choice': ['b']}     | 400 | unknown_parameter     | guided_choice",
                "/v1/completions      | {'prompt': [1, 99999999]}                   | 400 | invalid_value         | prompt[1]",
                "/v1/completions      | {'prompt': 'a', 'deadline_ms': 99999999}    | 400 | deadline_too_far      | deadline_ms",
                "/v1/classify         | {'prompt': 'a', 'labels': ['b']}            | 400 | labels_out_of_range   | labels",
                "/v1/classify         | {'prompt': 'a', 'labels': ['b','c'], 'calibration': 'x'} | 400 | invalid_value | calibration",
                "/v1/embeddings       | {'input': 'a', 'dimensions': 7}             | 400 | unsupported_parameter | dimensions",
                "/apply-template      | {'messages': [{'role': 'user', 'content': 'a'}], 'tools': [{'type': 'function'}]} | 400 | unsupported_parameter | tools",
                "/apply-template      | {'messages': [{'role': 'user', 'content': 'a'}], 'chat_template_kwargs': {'bos_token': 'x'}} | 400 | unsupported_parameter | chat_template_kwargs.bos_token",
                "/v1/chat/completions | {'messages': [{'role': 'user', 'content': 'a'}], 'chat_template_kwargs': {'messages': 'x'}} | 400 | unsupported_parameter | chat_template_kwargs.messages",
                "/v1/chat/completions | {'messages': [{'role': 'user', 'content': 'a'}], 'chat_template_kwargs': {'x': 1}, 'structured_outputs': {'choice': ['b','c']}} | 400 | unsupported_parameter | chat_template_kwargs",
                "/apply-template      | {'messages': [{'role': 'user', 'content': 'a'}], 'model': 'gpt-4'} | 404 | model_not_found | model",
                "/tokenize            | {'content': ['a', 99999999]}                | 400 | invalid_value         | content[1]",
                "/detokenize          | {'tokens': 'a'}                             | 400 | wrong_type            | tokens",
                "/v1/nothing          | {}                                          | 404 | unknown_path          |",
            })
    void aWrongRequestNamesItsFieldAndCode(String path, String body, int status, String code, String param)
            throws Exception {
        HttpResponse<String> response = post(path, body.replace('\'', '"'));
        JsonNode error = JSON.readTree(response.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(error.path("param").asText("")).isEqualTo(param == null ? "" : param);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").asText()).contains(error.path("remedy").asText());
    }

    @Test
    void aBodyBeyondTheLimitIsTooLarge() throws Exception {
        HttpResponse<String> response = post("/v1/completions", "{\"prompt\": \"" + "a".repeat(5 << 20) + "\"}");
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(JSON.readTree(response.body()).path("error").path("code").asText())
                .isEqualTo("body_too_large");
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithItsLength() throws Exception {
        HttpResponse<String> response = post("/v1/completions", "{\"prompt\": \"" + "word ".repeat(20000) + "\"}");
        JsonNode error = JSON.readTree(response.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo("prompt_too_long");
        assertThat(error.path("value").asText()).isEqualTo("20001 tokens");
    }

    @Test
    void textGoesToTokensAndBack() throws Exception {
        JsonNode tokens = JSON.readTree(
                post("/tokenize", "{\"content\": \"Hello, wörld 🙂\"}").body());
        JsonNode text = JSON.readTree(post("/detokenize", tokens.toString()).body());
        assertThat(text.path("content").asText()).isEqualTo("Hello, wörld 🙂");
    }

    @Test
    void textsAndTokensAreTokenizedInTurn() throws Exception {
        JsonNode tokens = JSON.readTree(post(
                                "/tokenize",
                                "{\"model\": \"SmolLM2-135M-Instruct.Q4_1\", \"content\": [\"Hello\", 7, \" world\"], \"with_pieces\": true}")
                        .body())
                .path("tokens");
        assertThat(tokens.findValuesAsText("piece")).startsWith("Hello").endsWith(" world");
        assertThat(tokens.path(1).path("id").asInt()).isEqualTo(7);
    }

    @Test
    void theConversationNeedNotEndWithTheAnswersBeginning() throws Exception {
        String body =
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"add_generation_prompt\": false, \"chat_template_kwargs\": {\"enable_thinking\": false}}";
        assertThat(JSON.readTree(post("/apply-template", body).body())
                        .path("prompt")
                        .asText())
                .endsWith("<|im_start|>user\nHi<|im_end|>\n");
    }

    @Test
    void aConversationMayBringVariablesForTheTemplate() throws Exception {
        String body =
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"max_tokens\": 1, \"chat_template_kwargs\": {\"enable_thinking\": false}}";
        JsonNode reply = JSON.readTree(post("/v1/chat/completions", body).body());
        assertThat(reply.path("usage").path("completion_tokens").asInt())
                .as(reply.toString())
                .isEqualTo(1);
    }

    @Test
    void tokensAreToldByTheirNumbersWhereTextsWouldNotTellThemApart() throws Exception {
        String body =
                "{\"prompt\": [504, 2644, 282], \"echo\": true, \"logprobs\": 5, \"max_tokens\": 0, \"return_tokens_as_token_ids\": true}";
        JsonNode scored = JSON.readTree(post("/v1/completions", body).body())
                .path("choices")
                .path(0)
                .path("logprobs");
        assertThat(scored.path("tokens")).hasToString("[\"token_id:504\",\"token_id:2644\",\"token_id:282\"]");
        JsonNode last = scored.path("top_logprobs").path(2);
        assertThat(last.size()).isEqualTo(5);
        last.fieldNames().forEachRemaining(name -> assertThat(name).matches("token_id:\\d+"));
    }

    @Test
    void theChatTemplateIsApplied() throws Exception {
        String body = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}";
        assertThat(JSON.readTree(post("/apply-template", body).body())
                        .path("prompt")
                        .asText())
                .endsWith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n");
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return new Http(base, inference).post(path, body);
    }
}
