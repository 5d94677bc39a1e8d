package dev.graft.inference.observe;

import dev.graft.contracts.Fault;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.AnswerEvent.ChoiceEnded;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.answer.AnswerEvent.Failed;
import dev.graft.inference.answer.AnswerEvent.Text;
import io.opentelemetry.api.trace.Span;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** Notes when each text comes; tells meters and span at the end, which says by what it was served. */
final class ObservedAnswer implements Answer {
    private static final Fault CLOSED = Fault.ended("cancelled", "the reader went away");

    private final Answer answer;
    private final RequestMeters meters;
    private final Span span;
    private final long begin;
    private final AtomicBoolean over = new AtomicBoolean();
    private long last;
    private long firstNanos;
    private long[] gaps = new long[64];
    private int gapCount;

    /** @param begin when it was submitted, by {@link System#nanoTime} */
    ObservedAnswer(Answer answer, RequestMeters meters, Span span, long begin) {
        this.answer = answer;
        this.meters = meters;
        this.span = span;
        this.begin = begin;
    }

    @Override
    public AnswerEvent next() throws InterruptedException {
        AnswerEvent event = answer.next();
        switch (event) {
            case Text text -> onText();
            case ChoiceEnded ended -> RequestSpan.choiceEnded(span, ended.finish());
            case Done done -> onDone(done);
            case Failed failed -> onFault(failed.fault());
        }
        return event;
    }

    @Override
    public void close() {
        answer.close();
        onFault(CLOSED);
    }

    private void onText() {
        long now = System.nanoTime();
        if (last == 0) {
            firstNanos = now - begin;
        } else {
            if (gapCount == gaps.length) {
                gaps = Arrays.copyOf(gaps, 2 * gapCount);
            }
            gaps[gapCount++] = now - last;
        }
        last = now;
    }

    private void onDone(Done done) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        long total = System.nanoTime() - begin;
        RequestMeters.Of served = meters.of(done.served());
        served.answered(done, last == 0 ? total : firstNanos, total);
        for (int i = 0; i < gapCount; i++) {
            served.gap(gaps[i]);
        }
        RequestSpan.answered(span, done);
        span.end();
    }

    private void onFault(Fault fault) {
        if (over.compareAndSet(false, true)) {
            meters.refused(fault);
            RequestSpan.failed(span, fault);
            span.end();
        }
    }
}
