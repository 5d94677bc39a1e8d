package dev.graft.prompt.events;

import dev.graft.broker.TraceHeaders;
import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Events as Kafka records: CloudEvents in binary mode, with the trace that they belong to. It is passed on whether or not this service tells spans of
 * its own, so the configured propagators, which are none then, are not asked.
 */
@Singleton
final class Events {
    private static final String SOURCE = "/graft/prompt-service";

    /** @param subject what the event is about; empty where nothing */
    ProducerRecord<String, byte[]> record(String topic, String id, Object body, String subject) {
        var record = new ProducerRecord<>(topic, id, EventJson.write(body));
        CloudEventHeaders.of(id, CloudEventHeaders.typeOf(body), SOURCE, subject, Instant.now())
                .forEach(record.headers()::add);
        W3CTraceContextPropagator.getInstance().inject(Context.current(), record.headers(), TraceHeaders.INSTANCE);
        return record;
    }

    /** The trace that a record belongs to. */
    Context trace(Headers headers) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, TraceHeaders.INSTANCE);
    }

    static Optional<String> header(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }
}
