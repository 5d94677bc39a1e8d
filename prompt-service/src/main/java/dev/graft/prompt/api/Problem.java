package dev.graft.prompt.api;

import dev.graft.contracts.Fault;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An error over HTTP, as RFC 9457 writes it.
 *
 * @param type {@code about:blank}: the code says it all
 * @param title the kind of error in a few words
 * @param detail what would be right
 * @param code short and stable: programs branch on it
 * @param field path of the field at fault; empty where no single field is
 * @param value what was found there
 */
@Schema(name = "Problem")
record Problem(String type, String title, int status, String detail, String code, String field, String value) {
    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(Fault fault) {
        int status = status(fault);
        return new Problem(
                "about:blank",
                fault.code().replace('_', ' '),
                status,
                fault.remedy(),
                fault.code(),
                fault.field(),
                fault.value());
    }

    static int status(Fault fault) {
        return switch (fault.kind()) {
            case INPUT -> inputStatus(fault.code());
            case CAPACITY -> fault.code().equals("queue_full") ? 429 : 503;
            case ENDED -> 504;
            case INTERNAL -> 500;
        };
    }

    private static int inputStatus(String code) {
        return switch (code) {
            case "template_not_found", "label_not_found", "run_not_found" -> 404;
            case "malformed", "malformed_event", "name_invalid", "template_ref", "id_invalid" -> 400;
            case "name_differs", "id_reused" -> 409;
            default -> 422;
        };
    }
}
