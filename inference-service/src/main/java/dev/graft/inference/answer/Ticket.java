package dev.graft.inference.answer;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** The engine's end of an {@link Answer}: events go in on the decode thread and are taken out by the door's. */
public final class Ticket implements Answer {
    private final BlockingQueue<AnswerEvent> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final Runnable onCancel;
    private volatile boolean ended;
    private volatile boolean cancelled;

    /** @param onCancel tells the engine, from any thread, that nobody reads on */
    public Ticket(Runnable onCancel) {
        this.onCancel = onCancel;
    }

    /** Hands an event to the reader; after {@code Done} or {@code Failed} there must be none. */
    public void emit(AnswerEvent event) {
        if (ended) {
            throw new IllegalStateException("the answer has ended, no " + event);
        }
        ended = event instanceof AnswerEvent.Done || event instanceof AnswerEvent.Failed;
        events.add(event);
        if (ended) {
            begin();
        }
    }

    /** The request has got a slot. Whoever waits for that is told on this thread, which must hold no lock. */
    public void begin() {
        begun.complete(null);
    }

    @Override
    public CompletableFuture<?> begun() {
        return begun;
    }

    public boolean cancelled() {
        return cancelled;
    }

    public boolean ended() {
        return ended;
    }

    @Override
    public AnswerEvent next() throws InterruptedException {
        return events.take();
    }

    @Override
    public void close() {
        if (!ended && !cancelled) {
            cancelled = true;
            onCancel.run();
        }
    }
}
