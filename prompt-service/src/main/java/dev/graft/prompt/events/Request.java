package dev.graft.prompt.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptRequest;
import dev.graft.prompt.dispatch.Runs;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of the request topic, read. */
sealed interface Request {
    record Asked(PromptRequest request) implements Request {}

    /** Wrong, but its sender can be told. */
    record Refused(String id, Fault fault) implements Request {}

    /** Nobody to tell. */
    record Unreadable(String why) implements Request {}

    static Request of(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return new Unreadable("no value");
        }
        try {
            PromptRequest request = EventJson.read(record.value(), PromptRequest.class);
            Runs.checkId(request.id());
            return new Asked(request);
        } catch (FaultException e) {
            return sender(record)
                    .<Request>map(id -> new Refused(id, e.fault()))
                    .orElseGet(() -> new Unreadable(e.fault().message()));
        }
    }

    private static Optional<String> sender(ConsumerRecord<byte[], byte[]> record) {
        return Events.header(record.headers(), CloudEventHeaders.ID)
                .or(() -> Optional.ofNullable(record.key()).map(key -> new String(key, StandardCharsets.UTF_8)))
                .filter(Request::usable);
    }

    private static boolean usable(String id) {
        try {
            Runs.checkId(id);
            return true;
        } catch (FaultException e) {
            return false;
        }
    }
}
