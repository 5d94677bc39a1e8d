package dev.graft.inference.observe;

import dev.graft.contracts.Fault;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.Served;
import dev.graft.inference.answer.AnswerEvent.Done;
import dev.graft.inference.request.Draw;
import dev.graft.inference.request.Request;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A request's span, by OpenTelemetry's semantic conventions for generative AI; its parent is the door's span. Prompts and answers are not recorded.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">GenAI spans</a>
 */
final class RequestSpan {
    private static final AttributeKey<List<String>> FINISH_REASONS =
            AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

    /** @param base what the served model is called; asked for where the request names none */
    static Span start(Tracer tracer, Request request, String base) {
        String model = request.terms().model().orElse(base);
        String operation = switch (request) {
            case Request.Generate generate -> generate.chat() ? "chat" : "text_completion";
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

    /** @param finishes why each choice ended, in their order */
    static void answered(Span span, Done done, Collection<Finish> finishes) {
        if (!finishes.isEmpty()) {
            span.setAttribute(
                    FINISH_REASONS,
                    finishes.stream()
                            .map(finish -> finish.name().toLowerCase(Locale.ROOT))
                            .toList());
        }
        span.setAttribute("gen_ai.response.model", nameOf(done.served()));
        span.setAttribute("graft.adapter", done.served().adapter());
        span.setAttribute("graft.adapter.generation", done.served().generation());
        span.setAttribute("gen_ai.usage.input_tokens", done.usage().promptTokens());
        span.setAttribute("gen_ai.usage.cache_read.input_tokens", done.usage().cachedTokens());
        span.setAttribute("gen_ai.usage.output_tokens", done.usage().completionTokens());
        span.setAttribute("graft.queue_ms", done.timings().queueMs());
        span.setAttribute("graft.prefill_ms", done.timings().prefillMs());
        span.setAttribute("graft.decode_ms", done.timings().decodeMs());
    }

    /** As answers over HTTP call it. */
    private static String nameOf(Served served) {
        return served.adapter().isEmpty() ? served.model() : served.adapter() + "@" + served.generation();
    }

    static void failed(Span span, Fault fault) {
        span.setAttribute("error.type", fault.code());
        span.setStatus(StatusCode.ERROR, fault.message());
    }

    private RequestSpan() {}
}
