package dev.graft.prompt.template;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A solved case, as data.
 *
 * @param variables values as a request would give them
 * @param answer the right answer, written as it stands
 */
public record Example(@JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, JsonNode> variables, String answer) {
    public Example {
        variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }
}
