package dev.graft.prompt.api;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptRequest.LabelMode;
import dev.graft.prompt.template.TemplateJson;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What is sent to the HTTP door about a template. */
final class Bodies {
    /**
     * @param variables values for the variables that the template declares
     * @param tokens whether the inference service shall count tokens; true where absent
     */
    record Render(@JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, JsonNode> variables, Optional<Boolean> tokens) {
        static Render read(byte[] body) {
            return TemplateJson.read(orEmptyObject(body), Render.class);
        }
    }

    /**
     * @param id the sender's own, so that asking again gives the stored answer; made up where absent
     * @param variables values for the variables that the template declares
     * @param model name of the model or adapter; absent: the template's own, or the one that is loaded
     * @param user whom it is for: where an adapter's candidate has a share of the traffic, one user always gets the same generation
     * @param mode how a label is found, {@code score} or {@code generate}; absent: as the template says
     * @param priority higher goes first; 0 where absent
     * @param timeoutMs milliseconds after which nobody waits for the answer
     * @param stream whether the answer shall come as server-sent events
     */
    record RunBody(
            Optional<String> id,
            @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, JsonNode> variables,
            Optional<String> model,
            Optional<String> user,
            Optional<LabelMode> mode,
            Optional<Integer> priority,
            Optional<Long> timeoutMs,
            Optional<Boolean> stream) {
        static RunBody read(byte[] body) {
            return TemplateJson.read(orEmptyObject(body), RunBody.class);
        }

        PromptRequest request(String template) {
            return new PromptRequest(
                    id.orElseGet(() -> UUID.randomUUID().toString()),
                    template,
                    variables,
                    model,
                    user,
                    mode,
                    priority.orElse(0),
                    timeoutMs.map(ms -> Instant.now().plus(Duration.ofMillis(Math.max(1, ms)))));
        }
    }

    private static byte[] orEmptyObject(byte[] body) {
        return body.length == 0 ? new byte[] {'{', '}'} : body;
    }

    private Bodies() {}
}
