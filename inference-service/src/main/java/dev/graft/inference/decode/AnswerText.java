package dev.graft.inference.decode;

import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import dev.graft.inference.answer.TextAssembler;
import java.util.ArrayList;
import java.util.List;

/** The text of one choice on its way out, with the scores of the tokens that it came from. */
final class AnswerText {
    private final int choice;
    private final TextAssembler assembler;
    private final Job job;
    private final List<ScoredToken> held = new ArrayList<>();

    AnswerText(int choice, List<String> stopTexts, Job job) {
        this.choice = choice;
        this.assembler = new TextAssembler(stopTexts);
        this.job = job;
    }

    void append(byte[] tokenBytes, List<ScoredToken> scores) {
        held.addAll(scores);
        emit(assembler.append(tokenBytes));
    }

    void finish() {
        emit(assembler.finish());
    }

    boolean stopped() {
        return assembler.stopped();
    }

    private void emit(String text) {
        if (!text.isEmpty()) {
            job.emit(new AnswerEvent.Text(choice, text, List.copyOf(held)));
            held.clear();
        }
    }
}
