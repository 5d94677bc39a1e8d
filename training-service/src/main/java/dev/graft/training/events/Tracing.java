package dev.graft.training.events;

import dev.graft.contracts.Topics;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Spans around jobs from Kafka: children of the trace that the request's {@code traceparent} names; what is written meanwhile goes on with it.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/kafka/">OpenTelemetry's conventions for Kafka</a>
 */
final class Tracing {
    private final OpenTelemetry telemetry;
    private final Tracer tracer;

    Tracing(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer("dev.graft.training.events");
    }

    /** The span of a job while this instance has it. */
    Span begin(ConsumerRecord<byte[], byte[]> record, String job) {
        Context sender = telemetry
                .getPropagators()
                .getTextMapPropagator()
                .extract(Context.root(), record.headers(), HeaderText.INSTANCE);
        return tracer.spanBuilder("process " + Topics.TRAINING_REQUESTS)
                .setParent(sender)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", Topics.TRAINING_REQUESTS)
                .setAttribute("messaging.kafka.offset", record.offset())
                .setAttribute("messaging.message.id", job)
                .startSpan();
    }

    /** So that what is done with a record belongs to the trace that is current. */
    void write(Headers headers) {
        telemetry.getPropagators().getTextMapPropagator().inject(Context.current(), headers, (to, name, value) -> {
            if (to != null) {
                to.add(name, value.getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private enum HeaderText implements TextMapGetter<Headers> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Headers headers) {
            List<String> names = new ArrayList<>();
            headers.forEach(header -> names.add(header.key()));
            return names;
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
            Header header = headers == null ? null : headers.lastHeader(name);
            return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
        }
    }
}
