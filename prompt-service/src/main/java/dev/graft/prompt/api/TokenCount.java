package dev.graft.prompt.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Prompt;
import jakarta.inject.Singleton;
import java.util.Map;

/** How the model reads a prompt, as the inference service says, which has the model: its tokens, and how many of them another call would share. */
@Singleton
final class TokenCount {
    private final InferenceHttp inference;

    TokenCount(InferenceHttp inference) {
        this.inference = inference;
    }

    private record Read(String text, JsonNode tokens) {}

    /** @param another the same template with other values */
    Views.TokenView of(Prompt prompt, Prompt another) {
        Read one = read(prompt);
        Read other = read(another);
        int shared = 0;
        int most = Math.min(one.tokens().size(), other.tokens().size());
        while (shared < most && one.tokens().get(shared).equals(other.tokens().get(shared))) {
            shared++;
        }
        return new Views.TokenView(one.text(), one.tokens().size(), shared, commonStart(one.text(), other.text()));
    }

    private Read read(Prompt prompt) {
        return switch (prompt) {
            case Prompt.Chat chat -> {
                String text = inference
                        .ask("/apply-template", Map.of("messages", chat.messages()))
                        .path("prompt")
                        .asText();
                yield new Read(text, tokens(text, true));
            }
            case Prompt.Text text -> new Read(text.text(), tokens(text.text(), false));
        };
    }

    /** @param marks whether the chat template's marks in it are special tokens; in plain text they are characters */
    private JsonNode tokens(String text, boolean marks) {
        return inference
                .ask("/tokenize", Map.of("content", text, "add_special", !marks, "parse_special", marks))
                .path("tokens");
    }

    private static String commonStart(String one, String other) {
        int end = 0;
        int most = Math.min(one.length(), other.length());
        while (end < most && one.charAt(end) == other.charAt(end)) {
            end++;
        }
        return one.substring(0, end > 0 && Character.isHighSurrogate(one.charAt(end - 1)) ? end - 1 : end);
    }
}
