package dev.graft.inference.events;

import dev.graft.broker.TraceHeaders;
import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;

/**
 * The span of one request, from the record's arrival to its acknowledgement; the engine's span, with what was generated, is its child.
 *
 * @param context made current, spans that begin meanwhile are children of this one
 * @param given the request's own {@code traceparent}, passed on where no tracer is at work; empty where it had none
 */
record RequestSpan(Span span, TextMapPropagator propagator, Context context, String given) {
    void asked(InferenceRequest request) {
        span.setAttribute("messaging.message.id", request.id());
    }

    void replied(Reply reply) {
        if (span.isRecording()
                && EventJson.read(reply.body(), InferenceResult.class) instanceof InferenceResult.Failed failure) {
            failed(failure.fault().code());
        }
    }

    void failed(String code) {
        span.setAttribute("error.type", code).setStatus(StatusCode.ERROR, code);
    }

    /** So that what is done with the result belongs to the same trace. */
    void writeTo(Headers headers) {
        if (span.getSpanContext().isValid()) {
            propagator.inject(context, headers, TraceHeaders.INSTANCE);
        } else if (!given.isEmpty()) {
            headers.add(CloudEventHeaders.TRACE_PARENT, given.getBytes(StandardCharsets.UTF_8));
        }
    }

    void end() {
        span.end();
    }
}
