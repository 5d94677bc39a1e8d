package dev.graft.inference.observe;

import dev.graft.contracts.FaultException;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.answer.Answer;
import dev.graft.inference.request.ModelText;
import dev.graft.inference.request.Request;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Measures every request, whichever door it came through: a span under the door's own, and the meters that users know from other servers. It
 * measures where the door reads, so a slow reader is seen too.
 */
@Decorator
@Priority(100)
public class ObservedInference implements Inference {
    private final Inference engine;
    private final RequestMeters meters;
    private final Tracer tracer;
    private final ModelText text;

    @Inject
    public ObservedInference(@Delegate @Any Inference engine, RequestMeters meters, Tracer tracer, ModelText text) {
        this.engine = engine;
        this.meters = meters;
        this.tracer = tracer;
        this.text = text;
    }

    @Override
    public Answer submit(Request request) {
        long begin = System.nanoTime();
        Span span = RequestSpan.start(tracer, request, text.name());
        try {
            return new ObservedAnswer(engine.submit(request), request, meters, span, begin);
        } catch (FaultException e) {
            meters.refused(e.fault(), request.terms().weights());
            RequestSpan.failed(span, e.fault());
            span.end();
            throw e;
        }
    }

    /** A refusal here is no span of its own: nothing was read yet that it could tell. */
    @Override
    public void checkRoom() {
        try {
            engine.checkRoom();
        } catch (FaultException e) {
            meters.refused(e.fault(), Optional.empty());
            throw e;
        }
    }

    @Override
    public int freeSlots() {
        return engine.freeSlots();
    }

    @Override
    public String adapterPath() {
        return engine.adapterPath();
    }

    @Override
    public boolean ready() {
        return engine.ready();
    }
}
