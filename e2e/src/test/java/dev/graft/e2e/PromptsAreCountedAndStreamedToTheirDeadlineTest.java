package dev.graft.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What prompt-service asks inference-service over HTTP: tokens, and streams. */
@ExtendWith(RunningStack.Parameter.class)
class PromptsAreCountedAndStreamedToTheirDeadlineTest {
    private static final String TEMPLATES = """
            templates:
              - name: e2e-counted
                instruction: You route support tickets of an online shop. Answer with one word.
                prompt: "Ticket: {{ text }}\\nTopic:"
                variables: {text: {type: string}}
                output: {type: text}
              - name: e2e-counted-chat
                messages:
                  - {role: system, content: You route support tickets of an online shop.}
                  - {role: user, content: "{{ text }}"}
                variables: {text: {type: string}}
                output: {type: text}
              - name: e2e-endless
                prompt: "Once upon a time {{ text }}"
                variables: {text: {type: string}}
                output: {type: text, sampling: {maxTokens: 4000, temperature: 0, logitBias: {"0": -100, "2": -100}}}
            """;

    @BeforeEach
    void apply(RunningStack stack) throws Exception {
        var reply = stack.prompt().postBytes("/v1/apply", "application/yaml", TEMPLATES.getBytes(UTF_8));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    @Test
    void aPlainPromptsTokensAreTheModelsAndItsBeginningIsShared(RunningStack stack) throws Exception {
        JsonNode tokens = counted(stack, "e2e-counted", "Where is my parcel?");

        assertThat(tokens.path("text").asText()).endsWith("Ticket: Where is my parcel?\nTopic:");
        assertThat(tokens.path("count").asInt())
                .isEqualTo(tokenized(stack, tokens.path("text").asText(), false));
        assertSharedBeginning(stack, tokens, "e2e-counted");
    }

    @Test
    void aConversationIsCountedWithTheMarksOfItsTemplate(RunningStack stack) throws Exception {
        JsonNode tokens = counted(stack, "e2e-counted-chat", "Where is my parcel?");

        assertThat(tokens.path("text").asText())
                .startsWith("<|im_start|>system\nYou route")
                .endsWith("<|im_start|>assistant\n");
        assertThat(tokens.path("count").asInt())
                .isEqualTo(tokenized(stack, tokens.path("text").asText(), true));
        assertSharedBeginning(stack, tokens, "e2e-counted-chat");
    }

    @Test
    void aStreamThatReachesItsDeadlineSaysSo(RunningStack stack) throws Exception {
        var body = Map.of("variables", Map.of("text", "there"), "timeoutMs", 700);
        List<String> events;
        try (var stream = stack.prompt().events("/v1/templates/e2e-endless/run", body)) {
            events = stream.toList();
        }

        JsonNode last = Web.JSON.readTree(events.getLast());
        assertThat(last.path("type").asText()).as(last.toString()).isEqualTo("failed");
        assertThat(last.at("/fault/code").asText()).isEqualTo("deadline_exceeded");
        assertThat(events).as("some text came before").hasSizeGreaterThan(1);
    }

    private static void assertSharedBeginning(RunningStack stack, JsonNode tokens, String template) throws Exception {
        String shared = tokens.path("sharedText").asText();
        assertThat(shared).contains("online shop").doesNotContain("parcel");
        assertThat(tokens.path("text").asText()).startsWith(shared);
        assertThat(tokens.path("sharedTokens").asInt())
                .isBetween(5, tokens.path("count").asInt() - 1);
        JsonNode other = counted(stack, template, "Two pairs of shoes came, and neither fits me at all!");
        assertThat(other.path("sharedTokens")).isEqualTo(tokens.path("sharedTokens"));
        assertThat(other.path("sharedText")).isEqualTo(tokens.path("sharedText"));
    }

    private static JsonNode counted(RunningStack stack, String template, String text) throws Exception {
        var reply =
                stack.prompt().post("/v1/templates/" + template + "/render", Map.of("variables", Map.of("text", text)));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("tokens");
    }

    private static int tokenized(RunningStack stack, String text, boolean marks) throws Exception {
        return stack.inference()
                .post("/tokenize", Map.of("content", text, "parse_special", marks, "add_special", !marks))
                .json()
                .path("tokens")
                .size();
    }
}
