package dev.graft.inference.request;

import dev.graft.contracts.Message;
import dev.graft.model.chat.ChatTemplate;
import dev.graft.model.chat.ChatTemplateException;
import dev.graft.model.chat.ChatTurn;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.MalformedGgufException;
import dev.graft.model.tokenizer.Segment;
import dev.graft.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the served model reads text: its name, vocabulary, chat template and training length. Safe to share between threads. */
public final class ModelText {
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String TRAINED_TOKENS = "llama.context_length";

    private final String name;
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final int trainedTokens;

    private ModelText(String name, Tokenizer tokenizer, Optional<ChatTemplate> template, GgufFile file) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.template = template;
        trainedTokens = file.whole(TRAINED_TOKENS)
                .orElseThrow(
                        () -> new MalformedGgufException(TRAINED_TOKENS, "nothing", "a Llama model tells its length"))
                .intValue();
    }

    public static ModelText of(String name, GgufFile file) {
        Tokenizer tokenizer = Tokenizer.of(file);
        Optional<ChatTemplate> template = file.text(TEMPLATE).map(present -> ChatTemplate.of(file, tokenizer));
        return new ModelText(name, tokenizer, template, file);
    }

    /** What clients call the model. */
    public String name() {
        return name;
    }

    /** Text to tokens and back. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Tokens of the longest text that the model was trained on. */
    public int trainedTokens() {
        return trainedTokens;
    }

    /**
     * The pieces of a plain text.
     *
     * @param parseSpecial whether special tokens written in it are such, or plain characters
     */
    public List<Segment> plain(String text, boolean parseSpecial) {
        return List.of(new Segment(text, parseSpecial));
    }

    /**
     * The pieces of a conversation, up to where the assistant's answer begins.
     *
     * @throws dev.graft.contracts.FaultException where the model has no chat template, or one that refuses these messages
     */
    public List<Segment> chat(List<Message> messages, String field) {
        return chat(messages, field, true, Map.of());
    }

    /**
     * The pieces of a conversation.
     *
     * @param addGenerationPrompt whether they end with the beginning of the assistant's answer
     * @param variables for the template, as {@link ChatTemplate#render} takes them
     */
    public List<Segment> chat(
            List<Message> messages,
            String field,
            boolean addGenerationPrompt,
            Map<String, ? extends @Nullable Object> variables) {
        List<ChatTurn> turns =
                messages.stream().map(m -> new ChatTurn(m.role(), m.content())).toList();
        try {
            return template.orElseThrow(() -> Refusals.refused(
                            "no_chat_template", field, name, "the model has no chat template: send a plain prompt"))
                    .render(turns, addGenerationPrompt, variables);
        } catch (ChatTemplateException e) {
            throw Refusals.invalid(field, messages.size() + " messages", String.valueOf(e.getMessage()));
        }
    }

    /** Tokens of these pieces together, without a token for the beginning that isn't written in them. */
    public int[] encode(List<Segment> pieces) {
        return tokenizer.encode(pieces);
    }

    /** With the vocabulary's token for a beginning, where it wants one. */
    public int[] beginning(int[] tokens) {
        if (!tokenizer.addBos() || tokenizer.bos().isEmpty()) {
            return tokens;
        }
        int[] begun = new int[tokens.length + 1];
        begun[0] = tokenizer.bos().getAsInt();
        System.arraycopy(tokens, 0, begun, 1, tokens.length);
        return begun;
    }
}
