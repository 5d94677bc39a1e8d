package dev.graft.prompt.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptRequest;
import dev.graft.prompt.template.TemplateJson;
import dev.graft.prompt.template.TemplateRef;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a request was about: the same id again must be about the same.
 *
 * @param template its name
 * @param version the one that was run
 * @param variablesSha256 in hexadecimal, over the variables as canonical JSON
 */
record Asked(String template, int version, String variablesSha256) {
    static Asked of(String template, int version, Map<String, JsonNode> variables) {
        return new Asked(template, version, sha256(variables));
    }

    /** @throws FaultException {@code id_reused} where this request asks for something else */
    void check(PromptRequest request) {
        TemplateRef ref = TemplateRef.parse(request.template());
        boolean sameVersion = !(ref instanceof TemplateRef.Version numbered) || numbered.version() == version;
        if (!ref.name().equals(template) || !sameVersion) {
            throw reused(request, "it ran " + template + "@" + version);
        }
        if (!sha256(request.variables()).equals(variablesSha256)) {
            throw reused(request, "it ran " + template + " with other variables");
        }
    }

    /** @throws FaultException {@code id_reused} */
    void check(String id, Asked other) {
        if (!equals(other)) {
            throw reused(id, "a run of " + template + "@" + version + " is under way with other variables or template");
        }
    }

    private static FaultException reused(PromptRequest request, String why) {
        return reused(request.id(), why);
    }

    private static FaultException reused(String id, String why) {
        return new FaultException(
                Fault.input("id_reused", "id", id, "stands for another request, " + why + ": take a new id"));
    }

    private static String sha256(Map<String, JsonNode> variables) {
        return TemplateJson.sha256(TemplateJson.write(new TreeMap<>(variables)));
    }
}
