package dev.graft.inference.events;

import dev.graft.inference.admission.Inference;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets as many hands ask for a request as the engine has free slots, and a few more, so that the next request is here when a slot frees. A
 * hand is inside from before it asks until what it got has a slot: what waits in the engine has been fetched ahead.
 */
final class Turnstile {
    /** Slots also free when answers over HTTP end, of which nobody tells. */
    private static final long LOOK_AGAIN_MS = 20;

    private final Inference inference;
    private final int ahead;
    private int inside;

    /** @param ahead how many requests may be fetched beyond the free slots */
    Turnstile(Inference inference, int ahead) {
        this.inference = inference;
        this.ahead = ahead;
    }

    /** Blocks until there is room for one more. */
    synchronized Pass enter() throws InterruptedException {
        Optional<Pass> pass = tryEnter();
        while (pass.isEmpty()) {
            wait(LOOK_AGAIN_MS);
            pass = tryEnter();
        }
        return pass.get();
    }

    /** Empty where there is no room for one more. */
    synchronized Optional<Pass> tryEnter() {
        if (inside >= inference.freeSlots() + ahead) {
            return Optional.empty();
        }
        inside++;
        return Optional.of(new Pass());
    }

    private synchronized void leave() {
        inside--;
        notifyAll();
    }

    /** Being inside; closing it leaves, once. Thread-safe. */
    final class Pass implements AutoCloseable {
        private final AtomicBoolean left = new AtomicBoolean();

        @Override
        public void close() {
            if (left.compareAndSet(false, true)) {
                leave();
            }
        }
    }
}
