package dev.graft.inference.api;

import dev.graft.contracts.Fault;

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
            case "model_not_found", "unknown_path" -> 404;
            case "method_not_allowed" -> 405;
            case "body_too_large" -> 413;
            default -> 400;
        };
    }

    byte[] json() {
        return Json.bytes(g -> {
            g.writeStartObject();
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
            g.writeEndObject();
        });
    }
}
