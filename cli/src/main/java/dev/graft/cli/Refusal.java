package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import java.io.IOException;

/** The shapes in which services tell a fault over HTTP: each is read back into the fault that it was. */
enum Refusal {
    /** {@code {"error": {code, param, value, remedy}}}: OpenAI's, with Graft's fields beside. */
    OPENAI("/error", "param", "remedy"),
    /** RFC 9457: {@code {code, field, value, detail}}. */
    PROBLEM_DETAILS("", "field", "detail");

    private final String at;
    private final String field;
    private final String remedy;

    Refusal(String at, String field, String remedy) {
        this.at = at;
        this.field = field;
        this.remedy = remedy;
    }

    /** @param service its name, for messages */
    FaultException fault(String service, int status, String body) {
        try {
            JsonNode told = Json.read(body).at(at);
            return new FaultException(new Fault(
                    told.path("code").asText("http_" + status),
                    kind(status),
                    told.path(field).asText(""),
                    told.path("value").asText(""),
                    told.path(remedy).asText(service + " answered " + status)));
        } catch (IOException e) {
            return new FaultException(
                    Fault.internal(
                            "http_" + status,
                            service + " answered: " + body.lines().findFirst().orElse("nothing")),
                    e);
        }
    }

    private static FaultKind kind(int status) {
        return switch (status) {
            case 429, 503 -> FaultKind.CAPACITY;
            case 408, 504 -> FaultKind.ENDED;
            default -> status < 500 ? FaultKind.INPUT : FaultKind.INTERNAL;
        };
    }
}
