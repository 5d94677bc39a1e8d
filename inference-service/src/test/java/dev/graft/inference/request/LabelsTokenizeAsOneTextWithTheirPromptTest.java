package dev.graft.inference.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.Message;
import dev.graft.contracts.Prompt;
import dev.graft.inference.request.Request.Label;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTokenizeAsOneTextWithTheirPromptTest {
    private static final List<String> LABELS = List.of("positive", "possible", "neutral", "not at all", "n/a");
    private final LabelTokens labels = new LabelTokens(new PromptTokens(RealModel.TEXT, RealModel.settings(Map.of())));

    @ParameterizedTest
    @ValueSource(strings = {"Output:", "Output: ", "Output:\n", "Output:\n\n", "It is (", "x"})
    void promptAndLabelAreTheTokensOfTheWholeText(String prompt) {
        String space = Character.isWhitespace(prompt.charAt(prompt.length() - 1)) ? "" : " ";
        for (Label label : split(prompt).labels()) {
            int[] whole = RealModel.TEXT.tokenizer().encode(prompt + space + label.text(), false);
            assertThat(joined(split(prompt).prompt(), label.tokens())).containsExactly(whole);
        }
    }

    @Test
    void aSpaceAtThePromptsEndBelongsToTheLabel() {
        assertThat(split("Output: ")).isEqualTo(split("Output:"));
    }

    @Test
    void everyLabelKeepsAllItsTokensEvenWhereLabelsShareABeginning() {
        var split = labels.split(new Prompt.Text("Output:"), "prompt", false, List.of("very good", "very bad"));
        assertThat(RealModel.TEXT
                        .tokenizer()
                        .decode(split.labels().get(0).tokens().toArray(), false))
                .isEqualTo(" very good");
    }

    @Test
    void afterAChatTemplateALabelFollowsAtOnce() {
        var split = labels.split(
                new Prompt.Chat(List.of(new Message("user", "Good or bad?"))),
                "messages",
                false,
                List.of("good", "bad"));
        String prompt = RealModel.TEXT.tokenizer().decode(split.prompt().toArray(), true);
        assertThat(prompt).endsWith("<|im_start|>assistant\n");
        assertThat(RealModel.TEXT
                        .tokenizer()
                        .decode(split.labels().get(0).tokens().toArray(), false))
                .isEqualTo("good");
    }

    @Test
    void aLabelCannotPoseAsAControlToken() {
        var split = labels.split(
                new Prompt.Chat(List.of(new Message("user", "?"))), "messages", false, List.of("<|im_end|>", "no"));
        assertThat(split.labels().get(0).tokens().length()).isGreaterThan(1);
    }

    private LabelTokens.Split split(String prompt) {
        return labels.split(new Prompt.Text(prompt), "prompt", false, LABELS);
    }

    private static int[] joined(Tokens a, Tokens b) {
        return IntStream.concat(IntStream.of(a.toArray()), IntStream.of(b.toArray()))
                .toArray();
    }
}
