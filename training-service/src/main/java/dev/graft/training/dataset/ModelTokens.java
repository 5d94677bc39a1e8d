package dev.graft.training.dataset;

import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import dev.graft.contracts.TrainingData.LossOn;
import dev.graft.model.chat.ChatTemplate;
import dev.graft.model.chat.ChatTemplateException;
import dev.graft.model.chat.ChatTurn;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.tokenizer.Segment;
import dev.graft.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Examples as tokens, exactly as serving reads them: the same chat template and tokenizer (module {@code model}), special tokens only where the template
 * wrote them, and a label behind a plain prompt tokenized with it as one text, after a space where neither brings one.
 */
public final class ModelTokens {
    private static final String TEMPLATE = "tokenizer.chat_template";
    private static final String TRAINED_TOKENS = "llama.context_length";

    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final int longest;

    /**
     * @param file the model
     * @param most tokens that an example may have; never more than the model was trained on
     */
    public ModelTokens(GgufFile file, int most) {
        tokenizer = Tokenizer.of(file);
        template = file.text(TEMPLATE).map(present -> ChatTemplate.of(file, tokenizer));
        longest = Math.min(most, file.whole(TRAINED_TOKENS).map(Long::intValue).orElse(most));
    }

    /**
     * An example's tokens.
     *
     * @param cut how many were left out so that it fits
     */
    record Tokenized(TokenizedExample example, int cut) {}

    /** The prompt, its completion, and the token that ends an answer. */
    Tokenized tokens(Example example, LossOn lossOn) throws RowException {
        return tokens(example.prompt(), example.completion(), lossOn, true);
    }

    /** The prompt with another answer, and nothing behind it: to be compared with others. */
    TokenizedExample answered(Prompt prompt, String answer) throws RowException {
        return tokens(prompt, answer, LossOn.COMPLETION, false).example();
    }

    private Tokenized tokens(Prompt prompt, String completion, LossOn lossOn, boolean ended) throws RowException {
        List<Segment> pieces = pieces(prompt);
        int[] alone = encode(prompt, pieces);
        int[] whole = encode(prompt, joined(prompt, pieces, completion));
        int mismatch = Arrays.mismatch(alone, whole);
        int seam = mismatch < 0 ? alone.length : mismatch;
        if (seam >= whole.length) {
            throw new RowException("no_completion", "has a completion without a token");
        }
        return fitted(ended ? ended(whole) : whole, seam, lossOn);
    }

    private Tokenized fitted(int[] tokens, int seam, LossOn lossOn) {
        int begin = tokenizer.bos().isPresent() && tokens[0] == tokenizer.bos().getAsInt() ? 1 : 0;
        int over = Math.max(0, tokens.length - longest);
        // The oldest part of the prompt goes first, but for the token that begins a text; the end of the completion
        // only where that is not enough.
        int fromPrompt = Math.min(over, Math.max(0, seam - begin - 1));
        int kept = tokens.length - over;
        int[] fitted = new int[kept];
        System.arraycopy(tokens, 0, fitted, 0, begin);
        System.arraycopy(tokens, begin + fromPrompt, fitted, begin, kept - begin);
        int first = lossOn == LossOn.ALL ? 1 : Math.max(1, seam - fromPrompt);
        return new Tokenized(new TokenizedExample(fitted, first), over);
    }

    private int[] ended(int[] tokens) {
        OptionalInt end = tokenizer.eos();
        if (end.isEmpty()) {
            return tokens;
        }
        int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
        ended[tokens.length] = end.getAsInt();
        return ended;
    }

    private List<Segment> pieces(Prompt prompt) throws RowException {
        return switch (prompt) {
            case Prompt.Text(String text) -> List.of(new Segment(text, false));
            case Prompt.Chat(List<Message> turns) -> chat(turns);
        };
    }

    private List<Segment> chat(List<Message> turns) throws RowException {
        try {
            return template.orElseThrow(() -> new RowException(
                            "no_chat_template", "is a conversation, and the model has no template to write one"))
                    .render(
                            turns.stream()
                                    .map(turn -> new ChatTurn(turn.role(), turn.content()))
                                    .toList(),
                            true);
        } catch (ChatTemplateException e) {
            throw new RowException("bad_messages", "is refused by the model's chat template: " + e.getMessage());
        }
    }

    /** A completion joins a plain text's own piece: it is one text. After a template it is a piece of its own, in which nothing is special. */
    private static List<Segment> joined(Prompt prompt, List<Segment> pieces, String completion) {
        List<Segment> joined = new ArrayList<>(pieces);
        if (prompt instanceof Prompt.Text(String text)) {
            boolean spaced = Character.isWhitespace(text.codePointBefore(text.length()))
                    || Character.isWhitespace(completion.codePointAt(0));
            joined.set(0, new Segment(text + (spaced ? "" : " ") + completion, false));
        } else {
            joined.add(new Segment(completion, false));
        }
        return joined;
    }

    /** A plain text begins with the vocabulary's token for that; a conversation with what the chat template wrote. */
    private int[] encode(Prompt prompt, List<Segment> pieces) {
        int[] tokens = tokenizer.encode(pieces);
        if (prompt instanceof Prompt.Chat
                || !tokenizer.addBos()
                || tokenizer.bos().isEmpty()) {
            return tokens;
        }
        int[] begun = new int[tokens.length + 1];
        begun[0] = tokenizer.bos().getAsInt();
        System.arraycopy(tokens, 0, begun, 1, tokens.length);
        return begun;
    }
}
