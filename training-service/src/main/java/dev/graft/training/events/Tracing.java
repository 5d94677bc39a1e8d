package dev.graft.training.events;

import dev.graft.broker.TraceHeaders;
import dev.graft.contracts.Topics;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

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
                .extract(Context.root(), record.headers(), TraceHeaders.INSTANCE);
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
        telemetry.getPropagators().getTextMapPropagator().inject(Context.current(), headers, TraceHeaders.INSTANCE);
    }
}
