package dev.graft.inference.events;

import dev.graft.broker.TraceHeaders;
import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.Topics;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Spans around requests from Kafka: children of the trace that the request's {@code traceparent} names.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/kafka/">OpenTelemetry's conventions for Kafka</a>
 */
final class Tracing {
    private final OpenTelemetry telemetry;
    private final Tracer tracer;

    Tracing(OpenTelemetry telemetry) {
        this.telemetry = telemetry;
        this.tracer = telemetry.getTracer("dev.graft.inference.events");
    }

    RequestSpan begin(ConsumerRecord<byte[], byte[]> record) {
        Context sender = telemetry
                .getPropagators()
                .getTextMapPropagator()
                .extract(Context.root(), record.headers(), TraceHeaders.INSTANCE);
        var span = tracer.spanBuilder("process " + Topics.INFERENCE_REQUESTS)
                .setParent(sender)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", Topics.INFERENCE_REQUESTS)
                .setAttribute("messaging.kafka.offset", record.offset())
                .startSpan();
        String fallback = RequestEvent.header(record.headers(), CloudEventHeaders.TRACE_PARENT)
                .orElse("");
        return new RequestSpan(span, telemetry.getPropagators().getTextMapPropagator(), sender.with(span), fallback);
    }
}
