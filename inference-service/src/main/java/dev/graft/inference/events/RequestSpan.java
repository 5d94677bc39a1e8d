package dev.graft.inference.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.Prompt;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Headers;

/**
 * The span of one request, from the record's arrival to its acknowledgement.
 *
 * @param given the request's own {@code traceparent}, passed on where no tracer is at work; empty where it had none
 */
record RequestSpan(Span span, TextMapPropagator propagator, Context context, String given) {
    void asked(InferenceRequest request) {
        String operation = switch (request.prompt()) {
            case Prompt.Chat chat -> "chat";
            case Prompt.Text text -> "text_completion";
        };
        span.setAttribute("gen_ai.operation.name", operation).setAttribute("messaging.message.id", request.id());
        request.model().ifPresent(model -> span.setAttribute("gen_ai.request.model", model));
        span.updateName(request.model().map(model -> operation + " " + model).orElse(operation));
    }

    void replied(Reply reply) {
        if (!span.isRecording()) {
            return;
        }
        switch (EventJson.read(reply.body(), InferenceResult.class)) {
            case InferenceResult.Answered answer ->
                span.setAttribute("gen_ai.response.model", answer.served().model())
                        .setAttribute(
                                "gen_ai.usage.input_tokens", answer.usage().promptTokens())
                        .setAttribute(
                                "gen_ai.usage.output_tokens", answer.usage().completionTokens())
                        .setAttribute(
                                "gen_ai.response.finish_reasons",
                                answer.finish().name());
            case InferenceResult.Failed failure -> failed(failure.fault().code());
        }
    }

    void failed(String code) {
        span.setAttribute("error.type", code).setStatus(StatusCode.ERROR, code);
    }

    /** So that what is done with the result belongs to the same trace. */
    void writeTo(Headers headers) {
        if (span.getSpanContext().isValid()) {
            propagator.inject(context, headers, (to, name, value) -> {
                if (to != null) {
                    to.add(name, value.getBytes(StandardCharsets.UTF_8));
                }
            });
        } else if (!given.isEmpty()) {
            headers.add(CloudEventHeaders.TRACE_PARENT, given.getBytes(StandardCharsets.UTF_8));
        }
    }

    void end() {
        span.end();
    }
}
