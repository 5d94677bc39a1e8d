package dev.graft.inference.events;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.events.RequestEvent.Illegible;
import dev.graft.inference.events.RequestEvent.Legible;
import dev.graft.inference.request.Request;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Finds the answer to a request: the stored one, that of the same request under way, or a new one from the engine. */
final class Desk {
    private final Inference inference;
    private final Function<InferenceRequest, Request> checks;
    private final AnswerShelf shelf;
    private final InFlight inFlight;
    private final InstantSource clock;

    /** @param checks turns a request into one that passed every check, or throws a {@link FaultException} */
    Desk(
            Inference inference,
            Function<InferenceRequest, Request> checks,
            AnswerShelf shelf,
            InFlight inFlight,
            InstantSource clock) {
        this.inference = inference;
        this.checks = checks;
        this.shelf = shelf;
        this.inFlight = inFlight;
        this.clock = clock;
    }

    /**
     * Never fails: faults are outcomes.
     *
     * @param begun called when the request waits for a slot no more, from any thread, at the latest with the outcome; may be called again
     */
    CompletableFuture<Outcome> work(RequestEvent event, Runnable begun) {
        CompletableFuture<Outcome> outcome = switch (event) {
            case Illegible illegible -> CompletableFuture.completedFuture(new Outcome.Rejected(illegible));
            case Legible legible -> work(legible, begun);
        };
        var _ = outcome.whenComplete((known, failure) -> begun.run());
        return outcome;
    }

    /** The outcome was carried out, or the record is out of this instance's hands. */
    void leave(RequestEvent event) {
        if (event instanceof Legible legible) {
            inFlight.leave(legible.request().id());
        }
    }

    /** This instance stops and will not wait for the outcome. */
    void giveUp(RequestEvent event) {
        if (event instanceof Legible legible) {
            inFlight.giveUp(legible.request().id());
            inFlight.leave(legible.request().id());
        }
    }

    private CompletableFuture<Outcome> work(Legible event, Runnable begun) {
        String id = event.request().id();
        try {
            Optional<Reply> stored = shelf.find(id, event.digest());
            if (stored.isPresent()) {
                return CompletableFuture.completedFuture(new Outcome.Replied(stored.get()));
            }
            Run run = run(event);
            var _ = run.begun().thenRun(begun);
            return run.result().handle((result, fault) -> outcome(event, result, fault));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Outcome.failed(id, event.digest(), faultOf(e)));
        }
    }

    private Run run(Legible event) {
        InferenceRequest request = event.request();
        return inFlight.join(request.id(), event.digest(), () -> {
            requireTime(request);
            return Run.reading(request.id(), event.digest(), inference.submit(checks.apply(request)));
        });
    }

    private void requireTime(InferenceRequest request) {
        request.deadline().filter(clock.instant()::isAfter).ifPresent(deadline -> {
            throw new FaultException(
                    Fault.ended("deadline_passed", "the deadline " + deadline + " passed before it was begun"));
        });
    }

    private static Outcome outcome(
            Legible event,
            @org.jspecify.annotations.Nullable InferenceResult result,
            @org.jspecify.annotations.Nullable Throwable fault) {
        if (result != null) {
            return Outcome.answered(result, event.digest());
        }
        return Outcome.failed(event.request().id(), event.digest(), faultOf(fault));
    }

    private static Fault faultOf(@org.jspecify.annotations.Nullable Throwable thrown) {
        return thrown instanceof FaultException e ? e.fault() : Fault.internal("unexpected", String.valueOf(thrown));
    }
}
