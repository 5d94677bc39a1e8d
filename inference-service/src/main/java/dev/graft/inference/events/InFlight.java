package dev.graft.inference.events;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The requests that this instance is working on, by id, and the ids that were cancelled lately. */
final class InFlight {
    /** Code of the fault of a request that was given another one's id. */
    static final String ID_REUSED = "id_reused";

    private static final int CANCELLATIONS = 10_000;

    private final Map<String, Run> runs = new ConcurrentHashMap<>();
    private final Set<String> cancelled = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > CANCELLATIONS;
        }
    }));

    /**
     * The run of this request: the one that is under way, or a new one.
     *
     * @param begin hands the request to the engine; not called where the same request is under way
     * @throws FaultException {@code id_reused} where another request is under way under this id, {@code cancelled}, or what {@code begin} throws
     */
    Run join(String id, Digest digest, Supplier<Run> begin) {
        requireWanted(id);
        Run run = runs.computeIfAbsent(id, _ -> begin.get());
        if (!run.digest().fits(digest)) {
            throw idReused(id);
        }
        if (cancelled.contains(id)) {
            run.end(cancelledFault());
        }
        return run;
    }

    /** Its result is on the results topic, or nobody here will send one. */
    void leave(String id) {
        runs.computeIfPresent(id, (_, run) -> run.result().isDone() ? null : run);
    }

    /** Ends this run, for this instance stops; another will work on the request. */
    void giveUp(String id) {
        Optional.ofNullable(runs.get(id))
                .ifPresent(run -> run.end(Fault.capacity("draining", "the service stops: another will answer")));
    }

    /** Nobody waits for the answer: ends the run where it is under way, and does not begin it later. */
    void cancel(String id) {
        cancelled.add(id);
        Optional.ofNullable(runs.get(id)).ifPresent(run -> run.end(cancelledFault()));
    }

    int size() {
        return runs.size();
    }

    static FaultException idReused(String id) {
        return new FaultException(
                Fault.input(ID_REUSED, "id", id, "another request has this id: choose an id for each request"));
    }

    private void requireWanted(String id) {
        if (cancelled.contains(id)) {
            throw new FaultException(cancelledFault());
        }
    }

    private static Fault cancelledFault() {
        return Fault.ended("cancelled", "its sender withdrew the request");
    }
}
