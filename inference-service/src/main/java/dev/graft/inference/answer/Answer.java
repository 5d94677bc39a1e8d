package dev.graft.inference.answer;

import java.util.concurrent.CompletableFuture;

/** What comes back for one request: read by one thread, which blocks until there is more. */
public interface Answer extends AutoCloseable {
    /** The next event; after {@link AnswerEvent.Done} or {@link AnswerEvent.Failed} there is none. */
    AnswerEvent next() throws InterruptedException;

    /** Done when the request has a slot, or is over without one: it waits no more. */
    CompletableFuture<?> begun();

    /**
     * Nobody reads on: a request that is not complete is cancelled and frees its slot at the next step. May be called from any thread, more than
     * once, and after the end; a reader that is blocked in {@link #next()} gets {@link AnswerEvent.Failed} with the code {@code cancelled}.
     */
    @Override
    void close();
}
