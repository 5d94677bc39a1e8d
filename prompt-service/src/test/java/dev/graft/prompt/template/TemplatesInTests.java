package dev.graft.prompt.template;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Templates as people write them, for tests. */
final class TemplatesInTests {
    static TemplateSource parsed(String yaml) {
        return TemplateJson.read(TemplateJson.readYaml(yaml.getBytes(StandardCharsets.UTF_8)), TemplateSource.class);
    }

    /** A plain completion with one string variable, {@code text}. */
    static TemplateSource saying(String prompt) {
        return parsed("""
                {name: t, prompt: %s, variables: {text: {type: string}}, output: {type: text}}
                """.formatted(TemplateJson.write(prompt)));
    }

    static Map<String, JsonNode> asJson(String json) {
        JsonNode node = TemplateJson.read(json.getBytes(StandardCharsets.UTF_8), JsonNode.class);
        Map<String, JsonNode> values = new HashMap<>();
        node.properties().forEach(each -> values.put(each.getKey(), each.getValue()));
        return values;
    }

    static Fault faultOf(ThrowingCallable call) {
        return Assertions.catchThrowableOfType(FaultException.class, call).fault();
    }

    private TemplatesInTests() {}
}
