package dev.graft.inference.observe;

import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.request.Draw;
import dev.graft.inference.request.Request;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.Locale;

/**
 * A request's span, by OpenTelemetry's semantic conventions for generative AI; its parent is the door's span. Prompts and answers are not recorded.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">GenAI spans</a>
 */
final class RequestSpan {
    static Span start(Tracer tracer, Request request, String model) {
        String operation = switch (request) {
            case Request.Generate generate -> "text_completion";
            case Request.Classify classify -> "classify";
            case Request.Embed embed -> "embeddings";
        };
        SpanBuilder span = tracer.spanBuilder(operation + " " + model)
                .setAttribute("gen_ai.operation.name", operation)
                .setAttribute("gen_ai.provider.name", "graft")
                .setAttribute("gen_ai.request.model", model)
                .setAttribute("graft.request.id", request.id());
        if (request instanceof Request.Generate generate) {
            drawn(span, generate.draw());
            span.setAttribute("gen_ai.request.choice.count", generate.choices());
        }
        return span.startSpan();
    }

    private static void drawn(SpanBuilder span, Draw draw) {
        span.setAttribute("gen_ai.request.max_tokens", draw.maxTokens());
        span.setAttribute("gen_ai.request.temperature", draw.temperature());
        span.setAttribute("gen_ai.request.top_p", draw.topP());
        span.setAttribute("gen_ai.request.top_k", draw.topK());
        span.setAttribute("gen_ai.request.frequency_penalty", draw.frequencyPenalty());
        span.setAttribute("gen_ai.request.presence_penalty", draw.presencePenalty());
        span.setAttribute("gen_ai.request.seed", draw.seed());
    }

    static void choiceEnded(Span span, Finish finish) {
        span.setAttribute("gen_ai.response.finish_reasons", finish.name().toLowerCase(Locale.ROOT));
    }

    static void answered(Span span, Done done) {
        span.setAttribute("gen_ai.response.model", done.served().model());
        span.setAttribute("graft.adapter", done.served().adapter());
        span.setAttribute("graft.adapter.generation", done.served().generation());
        span.setAttribute("gen_ai.usage.input_tokens", done.usage().promptTokens());
        span.setAttribute("gen_ai.usage.cache_read.input_tokens", done.usage().cachedTokens());
        span.setAttribute("gen_ai.usage.output_tokens", done.usage().completionTokens());
        span.setAttribute("graft.queue_ms", done.timings().queueMs());
        span.setAttribute("graft.prefill_ms", done.timings().prefillMs());
        span.setAttribute("graft.decode_ms", done.timings().decodeMs());
    }

    static void failed(Span span, Fault fault) {
        span.setAttribute("error.type", fault.code());
        span.setStatus(StatusCode.ERROR, fault.message());
    }

    private RequestSpan() {}
}
