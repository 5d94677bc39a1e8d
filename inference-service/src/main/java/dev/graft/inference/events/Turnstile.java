package dev.graft.inference.events;

import dev.graft.inference.admission.Inference;

/**
 * Lets as many hands ask for a request as the engine has free slots, and a few more, so that the next request is here when a slot frees. A
 * hand is inside from before it asks until the engine has what it got.
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
    synchronized void enter() throws InterruptedException {
        while (!tryEnter()) {
            wait(LOOK_AGAIN_MS);
        }
    }

    /** Whether there was room for one more. */
    synchronized boolean tryEnter() {
        if (inside >= inference.freeSlots() + ahead) {
            return false;
        }
        inside++;
        return true;
    }

    synchronized void leave() {
        inside--;
        notifyAll();
    }
}
