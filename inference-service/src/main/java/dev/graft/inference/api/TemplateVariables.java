package dev.graft.inference.api;

import dev.graft.inference.request.Refusals;
import dev.graft.model.chat.ChatTemplate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code chat_template_kwargs}: what the model's chat template is told beside the messages. */
final class TemplateVariables {
    /** @throws dev.graft.contracts.FaultException for a variable that the service sets itself */
    static Map<String, @Nullable Object> read(JsonBody body) {
        Map<String, @Nullable Object> variables =
                body.object("chat_template_kwargs").map(JsonBody::values).orElse(Map.of());
        for (String name : variables.keySet()) {
            if (ChatTemplate.RESERVED.contains(name)) {
                throw Refusals.refused(
                        "unsupported_parameter", "chat_template_kwargs." + name, "", "is no variable to be set here");
            }
        }
        return variables;
    }

    private TemplateVariables() {}
}
