package dev.graft.inference.admission;

import dev.graft.inference.answer.Answer;
import dev.graft.inference.request.Request;

/** The engine as its doors see it. */
public interface Inference {
    /**
     * Takes a request into the queue.
     *
     * @throws dev.graft.contracts.FaultException {@code queue_full} (capacity) when the queue has no room, {@code draining} when the service is
     *     about to stop
     */
    Answer submit(Request request);

    /**
     * Asks whether a request that came now would be taken, so that a door can refuse it before it reads it.
     *
     * @throws dev.graft.contracts.FaultException {@code queue_full}, {@code not_ready} or {@code draining} (capacity)
     */
    void checkRoom();

    /** How many more requests would begin at once: what the Kafka worker may fetch. */
    int freeSlots();

    /** How adapters are computed, for people to read: mixed in one decode, or why not. */
    String adapterPath();

    /** Whether the model is loaded and warm, and the service is not draining. */
    boolean ready();
}
