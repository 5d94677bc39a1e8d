package dev.graft.inference.request;

import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.model.tokenizer.Segment;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tokenizes prompts and holds them against the room there is. */
@Singleton
public class PromptTokens {
    private static final Set<String> ROLES = Set.of("system", "user", "assistant");

    private final ModelText text;
    private final int room;
    private final int longest;

    public PromptTokens(ModelText text, InferenceSettings settings) {
        this.text = text;
        room = Math.min(settings.llama().contextTokens(), text.trainedTokens());
        longest = Math.min(settings.limits().promptTokens().orElse(room - 1), room - 1);
    }

    /** Tokens that a prompt and one answer to it may have together. */
    public int room() {
        return room;
    }

    /**
     * @param field what the sender calls the prompt
     * @throws dev.graft.contracts.FaultException where it is empty, has a role that is none, or too many tokens
     */
    public Tokens of(Prompt prompt, String field) {
        return of(prompt, field, false);
    }

    /** @param parseSpecial whether special tokens written in a plain text are such; in a conversation they never are */
    public Tokens of(Prompt prompt, String field, boolean parseSpecial) {
        return checked(encode(prompt, pieces(prompt, field, parseSpecial)), field);
    }

    /** A conversation with variables for the template, as {@link ModelText#chat} takes them. */
    public Tokens of(Prompt.Chat chat, String field, Map<String, ? extends @Nullable Object> variables) {
        return checked(encode(chat, pieces(chat, field, true, variables)), field);
    }

    /** A prompt that the sender tokenized; taken as it is. */
    public Tokens of(int[] tokens, String field) {
        for (int i = 0; i < tokens.length; i++) {
            Refusals.between(
                    field + "[" + i + "]", tokens[i], 0, text.tokenizer().size() - 1);
        }
        return checked(tokens, field);
    }

    /** The pieces of a prompt, checked but for its length. Special tokens in a plain text are not such. */
    public List<Segment> pieces(Prompt prompt, String field) {
        return pieces(prompt, field, false);
    }

    /** The pieces of a conversation, its roles checked; see {@link ModelText#chat}. */
    public List<Segment> pieces(
            Prompt.Chat chat,
            String field,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables) {
        return text.chat(checked(chat.messages(), field), field, addGenerationPrompt, variables);
    }

    List<Segment> pieces(Prompt prompt, String field, boolean parseSpecial) {
        return switch (prompt) {
            case Prompt.Text plain -> text.plain(notEmpty(plain.text(), field), parseSpecial);
            case Prompt.Chat chat -> text.chat(checked(chat.messages(), field), field);
        };
    }

    /** A plain text begins with the vocabulary's token for that; a conversation with what the chat template wrote. */
    int[] encode(Prompt prompt, List<Segment> pieces) {
        int[] tokens = text.encode(pieces);
        return prompt instanceof Prompt.Text ? text.beginning(tokens) : tokens;
    }

    /** What follows a prompt's beginning, in which nothing is special. */
    int[] encodeEnd(String end) {
        return text.encode(List.of(new Segment(end, false)));
    }

    Tokens checked(int[] tokens, String field) {
        if (tokens.length == 0) {
            throw Refusals.refused("empty_prompt", field, "", "must have at least one token");
        }
        if (tokens.length > longest) {
            throw Refusals.refused(
                    "prompt_too_long",
                    field,
                    tokens.length + " tokens",
                    "at most " + longest + " tokens: shorten it, or serve with more (graft.llama.context-tokens)");
        }
        return Tokens.of(tokens);
    }

    private static String notEmpty(String text, String field) {
        if (text.isEmpty()) {
            throw Refusals.refused("empty_prompt", field, "", "must not be empty");
        }
        return text;
    }

    private static List<Message> checked(List<Message> messages, String field) {
        if (messages.isEmpty()) {
            throw Refusals.refused("empty_prompt", field, "", "must have at least one message");
        }
        for (int i = 0; i < messages.size(); i++) {
            if (!ROLES.contains(messages.get(i).role())) {
                throw Refusals.invalid(
                        field + "[" + i + "].role", messages.get(i).role(), "must be system, user or assistant");
            }
        }
        return messages;
    }
}
