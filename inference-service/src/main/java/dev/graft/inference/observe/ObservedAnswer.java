package dev.graft.inference.observe;

import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.inference.adapter.AdapterRef;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.answer.AnswerEvent;
import dev.graft.inference.answer.AnswerEvent.ChoiceEnded;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.answer.AnswerEvent.Failed;
import dev.graft.inference.answer.AnswerEvent.Text;
import dev.graft.inference.request.Request;
import io.opentelemetry.api.trace.Span;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Notes when each text comes; tells meters and span at the end, which says by what it was served. */
final class ObservedAnswer implements Answer {
    private static final Fault CLOSED = Fault.ended("cancelled", "the reader went away");

    private final Answer answer;
    private final RequestMeters meters;
    private final Span span;
    private final Optional<AdapterRef> weights;
    private final long begin;
    private final AtomicBoolean over = new AtomicBoolean();
    private final SortedMap<Integer, Finish> finishes = new TreeMap<>();
    /** When each choice's last text came; 0: none yet. */
    private final long[] last;

    private long firstNanos;
    private long[] gaps = new long[64];
    private int gapCount;

    /** @param begin when it was submitted, by {@link System#nanoTime} */
    ObservedAnswer(Answer answer, Request request, RequestMeters meters, Span span, long begin) {
        this.answer = answer;
        this.meters = meters;
        this.span = span;
        this.weights = request.terms().weights();
        this.last = new long[request instanceof Request.Generate generate ? generate.choices() : 1];
        this.begin = begin;
    }

    @Override
    public AnswerEvent next() throws InterruptedException {
        AnswerEvent event = answer.next();
        switch (event) {
            case Text text -> onText(text.choice());
            case ChoiceEnded ended -> finishes.put(ended.choice(), ended.finish());
            case Done done -> onDone(done);
            case Failed failed -> onFault(failed.fault());
        }
        return event;
    }

    @Override
    public CompletableFuture<?> begun() {
        return answer.begun();
    }

    @Override
    public void close() {
        answer.close();
        onFault(CLOSED);
    }

    private void onText(int choice) {
        long now = System.nanoTime();
        if (firstNanos == 0) {
            firstNanos = now - begin;
        }
        if (last[choice] != 0) {
            if (gapCount == gaps.length) {
                gaps = Arrays.copyOf(gaps, 2 * gapCount);
            }
            gaps[gapCount++] = now - last[choice];
        }
        last[choice] = now;
    }

    private void onDone(Done done) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        long total = System.nanoTime() - begin;
        RequestMeters.Of served = meters.of(done.served());
        served.answered(done, firstNanos == 0 ? total : firstNanos, total);
        for (int i = 0; i < gapCount; i++) {
            served.gap(gaps[i]);
        }
        RequestSpan.answered(span, done, finishes.values());
        span.end();
    }

    private void onFault(Fault fault) {
        if (over.compareAndSet(false, true)) {
            meters.refused(fault, weights);
            RequestSpan.failed(span, fault);
            span.end();
        }
    }
}
