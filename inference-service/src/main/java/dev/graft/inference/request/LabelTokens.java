package dev.graft.inference.request;

import dev.graft.contracts.Prompt;
import dev.graft.inference.request.Request.Label;
import dev.graft.model.tokenizer.Segment;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Where a prompt's tokens end and its labels' begin. Prompt and label are tokenized as one text, for tokens may lie across the seam: after
 * {@code "Output: "} the model has learnt {@code " positive"}, not a space and {@code "positive"}. What all labels share with the prompt's own
 * tokens is the prompt; the rest is the label.
 *
 * <p>Between a plain prompt and a label there is a space, where neither brings one; after a chat template the label follows at once.
 */
@Singleton
public class LabelTokens {
    /** Characters at a prompt's end that are tokenized with each label: more than any word that a label could join. */
    private static final int END_CHARS = 40;

    private final PromptTokens prompts;

    public LabelTokens(PromptTokens prompts) {
        this.prompts = prompts;
    }

    /**
     * @param prompt the prompt's tokens, up to the seam
     * @param labels tokens of each label, at least one
     */
    public record Split(Tokens prompt, List<Label> labels) {}

    /** @param labels checked: not empty */
    public Split split(Prompt prompt, String field, boolean parseSpecial, List<String> labels) {
        List<Segment> pieces = prompts.pieces(prompt, field, parseSpecial);
        int[] alone = prompts.encode(prompt, pieces);
        boolean needsSpace = needsSpace(prompt);
        Function<List<Segment>, int[]> encode = encoderOfEnds(prompt, pieces, alone);
        List<int[]> whole = labels.stream()
                .map(label -> encode.apply(with(pieces, needsSpace && !beginsWithSpace(label) ? " " + label : label)))
                .toList();
        int seam =
                whole.stream().mapToInt(tokens -> shared(alone, tokens)).min().orElse(alone.length);
        Tokens head = prompts.checked(Arrays.copyOf(alone, seam), field);
        List<Label> scored = new ArrayList<>();
        for (int i = 0; i < whole.size(); i++) {
            int[] tokens = whole.get(i);
            scored.add(new Label(labels.get(i), Tokens.of(Arrays.copyOfRange(tokens, seam, tokens.length))));
        }
        return new Split(head, scored);
    }

    /**
     * Tokenizes the prompt with a label behind it, for a plain text without doing all of it again for each label: it is cut before its last words,
     * if its own tokens are those of its two parts.
     */
    private Function<List<Segment>, int[]> encoderOfEnds(Prompt prompt, List<Segment> pieces, int[] alone) {
        String text = pieces.getLast().text();
        int cut = pieces.size() == 1 && !pieces.getLast().trusted() ? beforeLastWords(text) : 0;
        if (cut > 0) {
            int[] head = prompts.encode(prompt, List.of(new Segment(text.substring(0, cut), false)));
            Function<List<Segment>, int[]> ofEnd = longer ->
                    joined(head, prompts.encodeEnd(longer.getLast().text().substring(cut)));
            if (Arrays.equals(alone, ofEnd.apply(pieces))) {
                return ofEnd;
            }
        }
        return longer -> prompts.encode(prompt, longer);
    }

    /** Before a space that follows a word, where tokens begin; 0 where there is none far enough from the end. */
    private static int beforeLastWords(String text) {
        int at = text.lastIndexOf(' ', text.length() - END_CHARS);
        return at > 0 && Character.isLetter(text.charAt(at - 1)) ? at : 0;
    }

    private static int[] joined(int[] head, int[] end) {
        int[] joined = Arrays.copyOf(head, head.length + end.length);
        System.arraycopy(end, 0, joined, head.length, end.length);
        return joined;
    }

    private static boolean needsSpace(Prompt prompt) {
        return prompt instanceof Prompt.Text(String text)
                && !Character.isWhitespace(text.codePointBefore(text.length()));
    }

    private static boolean beginsWithSpace(String label) {
        return Character.isWhitespace(label.codePointAt(0));
    }

    /** A label joins a plain text's own piece: it is one text. After a template it is a piece of its own, in which nothing is special. */
    private static List<Segment> with(List<Segment> pieces, String label) {
        List<Segment> joined = new ArrayList<>(pieces);
        if (joined.getLast().trusted()) {
            joined.add(new Segment(label, false));
        } else {
            joined.set(joined.size() - 1, new Segment(joined.getLast().text() + label, false));
        }
        return joined;
    }

    private static int shared(int[] prompt, int[] whole) {
        int mismatch = Arrays.mismatch(prompt, whole);
        return mismatch < 0 ? prompt.length : mismatch;
    }
}
