package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code com.openai:openai-java} as it is published, against the service with the real model. */
@QuarkusTest
class TheOfficialJavaClientIsServedTest {
    private static final String MODEL = "SmolLM2-135M-Instruct.Q4_1";

    @TestHTTPResource("/v1")
    URI base = URI.create("http://unset");

    private OpenAIClient client = OpenAIOkHttpClient.builder().apiKey("none").build();

    @BeforeEach
    void connect() throws InterruptedException {
        client = OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(base.toString())
                .maxRetries(20)
                .build();
    }

    @Test
    void aChatIsAnsweredWithUsage() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(chat("Name the days of the week.").build());
        assertThat(answer.choices().getFirst().message().content().orElseThrow())
                .as("as llama-server answers; no token of it is nearly as likely as another")
                .contains("Monday");
        assertThat(answer.usage().orElseThrow().promptTokens()).isGreaterThan(10);
        assertThat(answer.usage().orElseThrow().completionTokens()).isBetween(1L, 16L);
    }

    @Test
    void aStreamBringsTheSameTextAndThenItsUsage() {
        var params = chat("What is the capital of France?");
        String whole = client.chat()
                .completions()
                .create(params.build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
        var streamed = new StringBuilder();
        long tokens = 0;
        params.streamOptions(
                ChatCompletionStreamOptions.builder().includeUsage(true).build());
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(params.build())) {
            for (var chunk : (Iterable<ChatCompletionChunk>) chunks.stream()::iterator) {
                chunk.choices().forEach(c -> streamed.append(c.delta().content().orElse("")));
                tokens += chunk.usage().map(usage -> usage.completionTokens()).orElse(0L);
            }
        }
        assertThat(streamed.toString()).isEqualTo(whole);
        assertThat(tokens).isBetween(1L, 16L);
    }

    @Test
    void logprobsOfAGreedyAnswerPutTheDrawnTokenFirst() {
        var params = chat("Say yes.").logprobs(true).topLogprobs(3).maxCompletionTokens(3);
        var content = client.chat()
                .completions()
                .create(params.build())
                .choices()
                .getFirst()
                .logprobs()
                .orElseThrow()
                .content()
                .orElseThrow();
        assertThat(content).isNotEmpty().allSatisfy(token -> {
            assertThat(token.topLogprobs()).hasSize(3);
            assertThat(token.topLogprobs().getFirst().token()).isEqualTo(token.token());
            assertThat(token.logprob()).isLessThanOrEqualTo(0);
        });
    }

    @Test
    void severalPromptsGiveSeveralChoicesInOrder() {
        Completion answer = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(MODEL)
                        .promptOfArrayOfStrings(List.of("One, two, three,", "A, B, C, D,"))
                        .temperature(0)
                        .maxTokens(4)
                        .build());
        assertThat(answer.choices().get(0).text()).contains("four");
        assertThat(answer.choices().get(1).text()).contains("E");
    }

    @Test
    void echoWithLogprobsScoresThePromptsTokens() {
        Completion answer = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(MODEL)
                        .prompt("The capital of France is Paris")
                        .temperature(0)
                        .maxTokens(1)
                        .echo(true)
                        .logprobs(1)
                        .build());
        var choice = answer.choices().getFirst();
        assertThat(choice.text()).startsWith("The capital of France is Paris");
        assertThat(choice.logprobs().orElseThrow().tokens().orElseThrow()).startsWith("The", " capital");
    }

    @Test
    void structuredChoiceAnswersWithOneOfTheTexts() {
        var params = chat("Is the sky blue? yes or no")
                .putAdditionalBodyProperty(
                        "structured_outputs", com.openai.core.JsonValue.from(Map.of("choice", List.of("yes", "no"))));
        String answer = client.chat()
                .completions()
                .create(params.build())
                .choices()
                .getFirst()
                .message()
                .content()
                .orElseThrow();
        assertThat(answer).isIn("yes", "no");
    }

    @Test
    void embeddingsHaveLengthOneInBothEncodings() {
        var vectors = client.embeddings()
                .create(EmbeddingCreateParams.builder()
                        .model(MODEL)
                        .inputOfArrayOfStrings(List.of("a cat", "a small cat"))
                        .build())
                .data();
        assertThat(vectors).hasSize(2);
        double length =
                vectors.getFirst().embedding().stream().mapToDouble(x -> x * x).sum();
        assertThat(length).isCloseTo(1, within(1e-4));
    }

    @Test
    void theModelIsListedByItsName() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .containsExactly(MODEL);
    }

    @Test
    void anUnknownModelIsNotFound() {
        var error = catchThrowableOfType(
                NotFoundException.class,
                () -> client.chat()
                        .completions()
                        .create(chat("Hi").model("gpt-4").build()));
        assertThat(error.code()).contains("model_not_found");
        assertThat(error.param()).contains("model");
    }

    @Test
    void toolsAreRefusedNotIgnored() {
        var error = catchThrowableOfType(
                BadRequestException.class,
                () -> client.chat()
                        .completions()
                        .create(chat("Hi")
                                .putAdditionalBodyProperty(
                                        "functions", com.openai.core.JsonValue.from(List.of(Map.of("name", "f"))))
                                .build()));
        assertThat(error.code()).contains("unsupported_parameter");
    }

    private static ChatCompletionCreateParams.Builder chat(String user) {
        return ChatCompletionCreateParams.builder()
                .model(MODEL)
                .addUserMessage(user)
                .temperature(0)
                .maxCompletionTokens(16);
    }
}
