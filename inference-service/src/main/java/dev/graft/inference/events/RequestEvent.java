package dev.graft.inference.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** A record of the requests topic: legible, or not. */
sealed interface RequestEvent {
    /** Longest id of a request, in characters: ids are kept in memory. */
    int LONGEST_ID = 200;

    /**
     * @param request as its sender wrote it, not yet checked
     * @param digest tells it from another request that was given the same id
     */
    record Legible(InferenceRequest request, Digest digest) implements RequestEvent {}

    /**
     * Not a request, so nobody can process it.
     *
     * @param sender the id in the CloudEvent's headers, where there is a usable one: then its sender can be told
     * @param fault what is wrong
     */
    record Illegible(Optional<String> sender, Fault fault) implements RequestEvent {}

    static RequestEvent of(ConsumerRecord<byte[], byte[]> record) {
        try {
            InferenceRequest request = EventJson.read(bodyOf(record), InferenceRequest.class);
            requireUsableId(request.id());
            return new Legible(request, Digest.of(record.value()));
        } catch (FaultException e) {
            return new Illegible(
                    header(record.headers(), CloudEventHeaders.ID).filter(RequestEvent::usable), e.fault());
        }
    }

    /** A header's text, where the record has it. */
    static Optional<String> header(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(Header::value)
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    private static byte[] bodyOf(ConsumerRecord<byte[], byte[]> record) {
        byte[] body = record.value();
        if (body == null || body.length == 0) {
            throw new FaultException(Fault.input("malformed_event", "", "", "must have a body: a JSON object"));
        }
        return body;
    }

    private static void requireUsableId(String id) {
        if (!usable(id)) {
            throw new FaultException(
                    Fault.input("malformed_id", "id", id, "must have 1 to " + LONGEST_ID + " characters"));
        }
    }

    private static boolean usable(String id) {
        return !id.isBlank() && id.length() <= LONGEST_ID;
    }
}
