package dev.graft.inference.decode;

import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.Served;
import dev.graft.contracts.Usage;
import dev.graft.inference.admission.Submission;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.AnswerEvent.ScoredToken;
import dev.graft.inference.request.Request.Generate;
import dev.graft.inference.schedule.Sequence;
import dev.graft.llama.LogitRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Text, token by token: one prompt, one or more answers that go on from it. */
final class GenerateJob extends Job {
    private final Generate request;
    private final PromptCells cells;
    private final TokenTexts texts;
    private final Served served;
    private final List<Choice> choices = new ArrayList<>();
    private final List<ScoredToken> promptTokens = new ArrayList<>();
    private final PromptLane promptLane;
    private int drawn;

    private GenerateJob(
            Submission submission, int slot, Generate request, PromptCells cells, TokenTexts texts, Served served) {
        super(submission, slot);
        this.request = request;
        this.cells = cells;
        this.texts = texts;
        this.served = served;
        this.promptLane = new PromptLane(cells.sequence());
        if (request.promptLogprobs()) {
            promptTokens.add(scored(request.prompt().at(0), Double.NaN, List.of()));
        }
    }

    /** Begins, or is empty when cells or sequence numbers are short. */
    static Optional<Job> begin(
            Submission submission, int slot, Generate request, PromptCells.Kv kv, TokenTexts texts, Served served) {
        int following = request.draw().maxTokens() * request.choices();
        return PromptCells.take(
                        kv,
                        request.terms().adapter(),
                        request.prompt(),
                        following,
                        request.choices(),
                        request.promptLogprobs())
                .map(cells -> new GenerateJob(submission, slot, request, cells, texts, served));
    }

    @Override
    List<Lane> lanes() {
        if (choices.isEmpty()) {
            return cells.awaitsPrefix() ? List.of() : List.of(promptLane);
        }
        return choices.stream()
                .filter(choice -> !choice.ended)
                .map(Lane.class::cast)
                .toList();
    }

    @Override
    void release() {
        cells.release();
    }

    @Override
    int cached() {
        return cells.cached();
    }

    /** The prompt, until its last row begins the answers. */
    private final class PromptLane implements Lane {
        private final Sequence sequence;

        PromptLane(Sequence sequence) {
            this.sequence = sequence;
        }

        @Override
        public Sequence sequence() {
            return sequence;
        }

        @Override
        public void fill(StepBatch batch, int count) {
            int begin = sequence.computed();
            for (int position = begin; position < begin + count; position++) {
                int token = sequence.token(position);
                if (position == sequence.promptLength() - 1) {
                    batch.add(token, position, sequence.number(), GenerateJob.this::beginAnswers);
                } else if (request.promptLogprobs()) {
                    int next = sequence.token(position + 1);
                    batch.add(token, position, sequence.number(), row -> promptTokens.add(score(next, row)));
                } else {
                    batch.add(token, position, sequence.number());
                }
            }
        }
    }

    private void beginAnswers(LogitRow row) {
        markFirst();
        cells.promptComputed();
        int room = request.draw().maxTokens();
        for (int i = 0; i < request.choices(); i++) {
            Sequence sequence = promptLane.sequence;
            if (i > 0) {
                cells.fork(i, sequence.promptLength());
                sequence = promptLane.sequence.fork(cells.number(i), room);
            }
            choices.add(new Choice(i, sequence, new Sampler(request.draw(), i, request.prompt())));
        }
        for (Choice choice : choices) {
            if (room == 0) {
                choice.end(Finish.LENGTH);
            } else {
                choice.drawFrom(row);
            }
        }
        finishWhenAllEnded();
    }

    private void finishWhenAllEnded() {
        if (choices.stream().allMatch(choice -> choice.ended)) {
            finish(new AnswerEvent.Done(
                    served,
                    new Usage(request.prompt().length(), cells.cached(), drawn),
                    timings(),
                    List.of(),
                    promptTokens,
                    new float[0]));
        }
    }

    private ScoredToken score(int token, LogitRow row) {
        double sum = row.logSumExp();
        List<ScoredToken> alternatives = new ArrayList<>();
        for (int other : Logits.likeliest(row, request.logprobs().orElse(0))) {
            alternatives.add(scored(other, row.at(other) - sum, List.of()));
        }
        return scored(token, row.at(token) - sum, alternatives);
    }

    private ScoredToken scored(int token, double logprob, List<ScoredToken> alternatives) {
        return new ScoredToken(token, texts.bytes(token), logprob, alternatives);
    }

    /** One answer that grows. */
    private final class Choice implements Lane {
        private final int index;
        private final Sequence sequence;
        private final Sampler sampler;
        private final AnswerText text;
        private int tokens;
        private boolean ended;

        Choice(int index, Sequence sequence, Sampler sampler) {
            this.index = index;
            this.sequence = sequence;
            this.sampler = sampler;
            this.text = new AnswerText(index, request.draw().stop(), GenerateJob.this);
        }

        @Override
        public Sequence sequence() {
            return sequence;
        }

        @Override
        public void fill(StepBatch batch, int count) {
            int position = sequence.computed();
            batch.add(sequence.token(position), position, sequence.number(), row -> {
                drawFrom(row);
                finishWhenAllEnded();
            });
        }

        private void drawFrom(LogitRow row) {
            int token = sampler.next(row);
            if (texts.endOfGeneration(token)) {
                end(Finish.STOP);
                return;
            }
            tokens++;
            drawn++;
            List<ScoredToken> scores = request.logprobs().isPresent() ? List.of(score(token, row)) : List.of();
            text.append(texts.bytes(token), scores);
            if (text.stopped()) {
                end(Finish.STOP);
            } else if (tokens == request.draw().maxTokens()) {
                end(Finish.LENGTH);
            } else {
                sequence.append(token);
            }
        }

        private void end(Finish finish) {
            ended = true;
            text.finish();
            emit(new AnswerEvent.ChoiceEnded(index, text.stopped() ? Finish.STOP : finish));
            cells.clear(index);
        }
    }
}
