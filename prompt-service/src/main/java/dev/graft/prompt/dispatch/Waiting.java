package dev.graft.prompt.dispatch;

import dev.graft.contracts.InferenceResult;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Who waits for which answer. The same request from two doors at once waits for one answer; an answer that nobody waits for is dropped. */
@Singleton
public final class Waiting {
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private volatile boolean listening;

    /**
     * @param first whether nobody waited for it before
     */
    record Ticket(CompletableFuture<InferenceResult> answer, boolean first) {}

    private record Place(Asked asked, CompletableFuture<InferenceResult> answer, int waiting) {
        Place one(int more) {
            return new Place(asked, answer, waiting + more);
        }

        Place join(String id, Asked other) {
            asked.check(id, other);
            return one(1);
        }
    }

    /** @throws dev.graft.contracts.FaultException {@code id_reused} where another request waits under this run's id */
    Ticket join(Run run) {
        Place place = places.compute(
                run.inferenceId(),
                (key, known) -> known == null
                        ? new Place(run.asked(), new CompletableFuture<>(), 1)
                        : known.join(run.id(), run.asked()));
        return new Ticket(place.answer(), place.waiting() == 1);
    }

    /** Whether nobody is left who waits for it. */
    boolean leave(String id) {
        return places.computeIfPresent(id, (key, known) -> known.waiting() == 1 ? null : known.one(-1)) == null;
    }

    /** A result came in, for the first time or again, for this instance or another. */
    public void answered(InferenceResult result) {
        Place place = places.get(result.id());
        if (place != null) {
            place.answer().complete(result);
        }
    }

    /** Results are heard from now on: whatever leaves before could not be answered. */
    public void listening(boolean now) {
        listening = now;
    }

    /** Whether results are heard, so that requests may leave. */
    public boolean listening() {
        return listening;
    }

    /** How many requests wait. */
    public int size() {
        return places.size();
    }
}
