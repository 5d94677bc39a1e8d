package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.graft.contracts.Fault;
import java.io.IOException;

/**
 * A {@link Fault} in OpenAI's shape: {@code {"error": {"message", "type", "param", "code"}}}, with {@code value} and {@code remedy} besides.
 *
 * @param status the HTTP status
 * @param type OpenAI's class of errors
 * @param retryAfterSeconds for the {@code Retry-After} header; 0 for none
 */
record ErrorReply(Fault fault, int status, String type, int retryAfterSeconds) {
    static ErrorReply of(Fault fault) {
        return switch (fault.kind()) {
            case INPUT -> new ErrorReply(fault, inputStatus(fault.code()), "invalid_request_error", 0);
            case CAPACITY ->
                fault.code().equals("queue_full")
                        ? new ErrorReply(fault, 429, "rate_limit_error", 1)
                        : new ErrorReply(fault, 503, "service_unavailable_error", 2);
            case ENDED -> new ErrorReply(fault, 408, "timeout_error", 0);
            case INTERNAL -> new ErrorReply(fault, 500, "server_error", 0);
        };
    }

    private static int inputStatus(String code) {
        return switch (code) {
            case "changes_not_allowed" -> 403;
            case "model_not_found", "adapter_not_found", "generation_not_found", "label_not_found", "unknown_path" ->
                404;
            case "method_not_allowed" -> 405;
            case "adapter_changed" -> 409;
            case "body_too_large" -> 413;
            default -> 400;
        };
    }

    byte[] json() {
        return Json.bytes(g -> {
            g.writeStartObject();
            error(g);
            g.writeEndObject();
        });
    }

    /** With one more field beside the error. */
    byte[] json(String field, Json.Body value) {
        return Json.bytes(g -> {
            g.writeStartObject();
            error(g);
            g.writeFieldName(field);
            value.write(g);
            g.writeEndObject();
        });
    }

    private void error(JsonGenerator g) throws IOException {
        g.writeObjectFieldStart("error");
        g.writeStringField("message", fault.message());
        g.writeStringField("type", type);
        if (fault.field().isEmpty()) {
            g.writeNullField("param");
        } else {
            g.writeStringField("param", fault.field());
        }
        g.writeStringField("code", fault.code());
        g.writeStringField("value", fault.value());
        g.writeStringField("remedy", fault.remedy());
        g.writeEndObject();
    }
}
