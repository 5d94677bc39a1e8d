package dev.graft.inference.api;

import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import java.util.List;
import java.util.Optional;

/** The choices of one prompt, each text sent as it comes. The first text tells the role, so that no event is sent before there is one. */
final class StreamedReply implements Submissions.Reader {
    private final Call call;
    private final CompletionAsk ask;
    private final int base;
    private final int[] written;
    private final boolean[] begun;

    /** @param base index of this prompt's first choice */
    StreamedReply(Call call, CompletionAsk ask, int base) {
        this.call = call;
        this.ask = ask;
        this.base = base;
        written = new int[ask.choices()];
        begun = new boolean[ask.choices()];
    }

    /** Sends the prompt's own text as the beginning of each choice. */
    void echo(String prompt) throws InterruptedException {
        for (int choice = 0; choice < ask.choices() && !prompt.isEmpty(); choice++) {
            send(choice, prompt, List.of(), Optional.empty());
        }
    }

    @Override
    public void text(int choice, String text, List<ScoredToken> tokens) throws InterruptedException {
        send(choice, text, tokens, Optional.empty());
    }

    @Override
    public void ended(int choice, Finish finish) throws InterruptedException {
        send(choice, "", List.of(), Optional.of(finish));
    }

    private void send(int choice, String text, List<ScoredToken> tokens, Optional<Finish> finish)
            throws InterruptedException {
        boolean first = !begun[choice];
        int offset = written[choice];
        begun[choice] = true;
        written[choice] += text.length();
        call.write(Sse.event(g -> {
            CompletionJson.head(g, ask);
            CompletionJson.choice(g, ask, base + choice, first, text, tokens, offset, finish);
            g.writeEndArray();
            g.writeEndObject();
        }));
    }
}
