package dev.graft.prompt.api;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trace that an HTTP call belongs to: this service's own span in it, or, where spans are switched off, the caller's. */
final class CallerTrace {
    static final String HEADER = "traceparent";

    static Context of(@Nullable String traceparent) {
        Context current = Context.current();
        return Span.fromContext(current).getSpanContext().isValid()
                ? current
                : W3CTraceContextPropagator.getInstance().extract(current, traceparent, OnlyHeader.INSTANCE);
    }

    private enum OnlyHeader implements TextMapGetter<@Nullable String> {
        INSTANCE;

        @Override
        public Iterable<String> keys(@Nullable String traceparent) {
            return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String traceparent, String name) {
            return name.equals(HEADER) ? traceparent : null;
        }
    }

    private CallerTrace() {}
}
