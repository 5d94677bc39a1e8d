package dev.graft.model.chat;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.jinja.JinjaException;
import dev.graft.model.jinja.JinjaTemplate;
import dev.graft.model.jinja.None;
import dev.graft.model.jinja.Text;
import dev.graft.model.tokenizer.Segment;
import dev.graft.model.tokenizer.Tokenizer;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's own way to write a conversation, rendered as Hugging Face's {@code apply_chat_template} does. The text that comes out begins with
 * the begin-of-text token where the template writes it: add no other. Thread-safe.
 */
public final class ChatTemplate {
    private static final String KEY = "tokenizer.chat_template";

    /** Variables that {@link #render} itself sets, and functions. */
    public static final Set<String> RESERVED = Set.of(
            "messages",
            "add_generation_prompt",
            "tools",
            "documents",
            "bos_token",
            "eos_token",
            "range",
            "namespace",
            "dict",
            "raise_exception",
            "strftime_now");

    /** Roles that a template may build its markers from; any other name of a role is a person's text. */
    private static final Set<String> ROLES =
            Set.of("system", "user", "assistant", "tool", "developer", "function", "ipython", "model");

    private final JinjaTemplate template;
    private final String bosText;
    private final String eosText;
    private final Clock clock;

    private ChatTemplate(JinjaTemplate template, String bosText, String eosText, Clock clock) {
        this.template = template;
        this.bosText = bosText;
        this.eosText = eosText;
        this.clock = clock;
    }

    /**
     * The template of this model file.
     *
     * @throws ChatTemplateException where the file has none, or one that can't be read
     */
    public static ChatTemplate of(GgufFile file) {
        return of(file, Tokenizer.of(file));
    }

    /** The same, where the file's tokenizer is at hand. */
    public static ChatTemplate of(GgufFile file, Tokenizer tokenizer) {
        String jinja = file.text(KEY)
                .orElseThrow(() -> new ChatTemplateException(
                        "the model file has no " + KEY + ": send a plain prompt instead of messages"));
        return of(jinja, text(tokenizer, tokenizer.bos()), text(tokenizer, tokenizer.eos()));
    }

    /** A template by its source, with the texts of the tokens that begin and end a text. */
    public static ChatTemplate of(String jinja, String bosText, String eosText) {
        return of(jinja, bosText, eosText, Clock.system(ZoneId.systemDefault()));
    }

    /** @param clock what a template reads that writes today's date */
    public static ChatTemplate of(String jinja, String bosText, String eosText, Clock clock) {
        try {
            return new ChatTemplate(JinjaTemplate.parse(jinja), bosText, eosText, clock);
        } catch (JinjaException e) {
            throw new ChatTemplateException("the chat template can't be read: " + e.getMessage(), e);
        }
    }

    private static String text(Tokenizer tokenizer, OptionalInt token) {
        return token.isPresent() ? tokenizer.piece(token.getAsInt()) : "";
    }

    /**
     * The conversation as segments: trusted where the template wrote, untrusted where the messages' contents stand, wherever and however
     * the template put them.
     *
     * @param addGenerationPrompt whether it ends with the beginning of the assistant's answer
     * @throws ChatTemplateException where the template refuses the conversation, in its own words
     */
    public List<Segment> render(List<ChatTurn> turns, boolean addGenerationPrompt) {
        return render(turns, addGenerationPrompt, Map.of());
    }

    /**
     * The same with variables of the sender's own, such as {@code enable_thinking}.
     *
     * @param more strings, booleans, {@code Long}, {@code Double}, lists and maps of these, and null, by names other than {@link #RESERVED}. What they
     *     say is as untrusted as messages, but for keys of maps
     */
    public List<Segment> render(
            List<ChatTurn> turns, boolean addGenerationPrompt, Map<String, ? extends @Nullable Object> more) {
        return segments(rendered(turns, addGenerationPrompt, more));
    }

    /** The conversation as one text. */
    public String text(List<ChatTurn> turns, boolean addGenerationPrompt) {
        return rendered(turns, addGenerationPrompt, Map.of()).value();
    }

    private Text rendered(
            List<ChatTurn> turns, boolean addGenerationPrompt, Map<String, ? extends @Nullable Object> more) {
        Map<String, Object> variables = new HashMap<>();
        more.forEach((name, value) -> variables.put(name, foreign(value)));
        variables.put("messages", turns.stream().map(ChatTemplate::message).toList());
        variables.put("add_generation_prompt", addGenerationPrompt);
        variables.put("tools", None.NONE);
        variables.put("documents", None.NONE);
        if (!bosText.isEmpty()) {
            variables.put("bos_token", Text.own(bosText));
        }
        if (!eosText.isEmpty()) {
            variables.put("eos_token", Text.own(eosText));
        }
        try {
            return template.render(variables, clock);
        } catch (JinjaException e) {
            throw new ChatTemplateException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Object foreign(@Nullable Object value) {
        return switch (value) {
            case null -> None.NONE;
            case String text -> Text.foreign(text);
            case List<?> list -> list.stream().map(ChatTemplate::foreign).toList();
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new LinkedHashMap<>();
                map.forEach((key, inner) -> copy.put(key, foreign(inner)));
                yield copy;
            }
            default -> value;
        };
    }

    private static Map<String, Object> message(ChatTurn turn) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", ROLES.contains(turn.role()) ? Text.own(turn.role()) : Text.foreign(turn.role()));
        message.put("content", Text.foreign(turn.content()));
        return message;
    }

    private static List<Segment> segments(Text text) {
        List<Segment> segments = new ArrayList<>();
        BitSet foreign = text.foreign();
        String value = text.value();
        int at = 0;
        while (at < value.length()) {
            boolean untrusted = foreign.get(at);
            int end = untrusted ? foreign.nextClearBit(at) : foreign.nextSetBit(at);
            end = end < 0 ? value.length() : Math.min(end, value.length());
            segments.add(new Segment(value.substring(at, end), !untrusted));
            at = end;
        }
        return segments;
    }
}
