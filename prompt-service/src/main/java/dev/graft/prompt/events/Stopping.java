package dev.graft.prompt.events;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** The end, in two steps: nothing new is taken; then, what is in hand is given back. */
final class Stopping {
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> timeIsUp = new CompletableFuture<>();

    void begin(Duration drain) {
        begun.complete(null);
        timeIsUp.completeOnTimeout(null, drain.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean begun() {
        return begun.isDone();
    }

    CompletableFuture<Void> timeIsUp() {
        return timeIsUp;
    }

    /** Waits, but not beyond the beginning of the end. */
    void await(Duration time) {
        try {
            begun.copy().orTimeout(time.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            // The time passed: what was asked for.
        }
    }
}
