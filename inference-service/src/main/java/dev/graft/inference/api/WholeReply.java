package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The choices of one prompt, gathered until they are complete. */
final class WholeReply implements Submissions.Reader {
    private final List<StringBuilder> texts = new ArrayList<>();
    private final List<List<ScoredToken>> tokens = new ArrayList<>();
    private final List<Finish> finishes = new ArrayList<>();

    WholeReply(int choices, String echo) {
        for (int i = 0; i < choices; i++) {
            texts.add(new StringBuilder(echo));
            tokens.add(new ArrayList<>());
            finishes.add(Finish.STOP);
        }
    }

    @Override
    public void text(int choice, String text, List<ScoredToken> scored) {
        texts.get(choice).append(text);
        tokens.get(choice).addAll(scored);
    }

    @Override
    public void ended(int choice, Finish finish) {
        finishes.set(choice, finish);
    }

    /** @param base index of this prompt's first choice */
    void write(JsonGenerator g, CompletionAsk ask, Done done, int base) throws IOException {
        for (int i = 0; i < texts.size(); i++) {
            List<ScoredToken> scored = Stream.concat(done.prompt().stream(), tokens.get(i).stream())
                    .toList();
            int offset = done.prompt().isEmpty()
                    ? ask.echoes().get(base / texts.size()).length()
                    : 0;
            CompletionJson.choice(
                    g, ask, base + i, true, texts.get(i).toString(), scored, offset, Optional.of(finishes.get(i)));
        }
    }
}
