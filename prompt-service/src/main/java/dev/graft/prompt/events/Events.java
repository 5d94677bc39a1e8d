package dev.graft.prompt.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

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
        W3CTraceContextPropagator.getInstance().inject(Context.current(), record.headers(), (headers, name, value) -> {
            if (headers != null) {
                headers.remove(name).add(name, value.getBytes(StandardCharsets.UTF_8));
            }
        });
        return record;
    }

    /** The trace that a record belongs to. */
    Context trace(Headers headers) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HeaderText.INSTANCE);
    }

    static Optional<String> header(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8));
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
            return headers == null ? null : header(headers, name).orElse(null);
        }
    }
}
