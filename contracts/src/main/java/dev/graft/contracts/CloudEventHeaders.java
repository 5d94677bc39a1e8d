package dev.graft.contracts;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of a CloudEvent 1.0 in Kafka's binary content mode, all of them UTF-8 text.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/kafka-protocol-binding.md">Kafka protocol binding</a>
 */
public final class CloudEventHeaders {
    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String TYPE = "ce_type";
    public static final String SOURCE = "ce_source";
    public static final String SUBJECT = "ce_subject";
    public static final String TIME = "ce_time";
    public static final String CONTENT_TYPE = "content-type";
    public static final String TRACE_PARENT = "traceparent";

    /**
     * @param id unique for the source; for requests and results the request's id
     * @param type such as {@code dev.graft.inference.request.v1}
     * @param source the sender, as a URI reference such as {@code /graft/prompt-service}
     * @param subject what the event is about, such as a template's or model's name; left out where empty
     */
    public static Map<String, byte[]> of(String id, String type, String source, String subject, Instant time) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(SPEC_VERSION, utf8("1.0"));
        headers.put(ID, utf8(id));
        headers.put(TYPE, utf8(type));
        headers.put(SOURCE, utf8(source));
        if (!subject.isEmpty()) {
            headers.put(SUBJECT, utf8(subject));
        }
        headers.put(TIME, utf8(DateTimeFormatter.ISO_INSTANT.format(time)));
        headers.put(CONTENT_TYPE, utf8("application/json"));
        return headers;
    }

    /** The {@code ce_type} of an event's body. */
    public static String typeOf(Object body) {
        return switch (body) {
            case InferenceRequest r -> "dev.graft.inference.request.v1";
            case InferenceResult r -> "dev.graft.inference.result.v1";
            case InferenceControl c -> "dev.graft.inference.control.v1";
            case PromptRequest r -> "dev.graft.prompt.request.v1";
            case PromptResult r -> "dev.graft.prompt.result.v1";
            case TrainingRequest r -> "dev.graft.training.request.v1";
            case TrainingControl c -> "dev.graft.training.control.v1";
            case TrainingEvent e -> "dev.graft.training.event.v1";
            case AdapterEntry e -> "dev.graft.adapter.entry.v1";
            default ->
                throw new IllegalArgumentException(
                        "no event: " + body.getClass().getName());
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private CloudEventHeaders() {}
}
