package dev.graft.training.job;

import dev.graft.contracts.FaultException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.io.IOException;

/** Spans around the parts of a job: children of the span that is current, such as the one of the record that asked for it. */
public final class Phases {
    private final Tracer tracer;

    public Phases(OpenTelemetry telemetry) {
        tracer = telemetry.getTracer("dev.graft.training.job");
    }

    /** A part of a job. */
    @FunctionalInterface
    interface Phase<T> {
        T run() throws IOException, InterruptedException;
    }

    /** @param name such as {@code train} */
    <T> T in(String name, String job, Phase<T> phase) throws IOException, InterruptedException {
        Span span = tracer.spanBuilder(name).setAttribute("graft.job.id", job).startSpan();
        try (Scope _ = span.makeCurrent()) {
            return phase.run();
        } catch (FaultException e) {
            span.setAttribute("error.type", e.fault().code())
                    .setStatus(StatusCode.ERROR, e.fault().message());
            throw e;
        } catch (IOException | RuntimeException e) {
            span.setAttribute("error.type", e.getClass().getName()).setStatus(StatusCode.ERROR, String.valueOf(e));
            throw e;
        } finally {
            span.end();
        }
    }
}
