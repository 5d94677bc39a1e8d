package dev.graft.training.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/** Fields of a line. */
final class Values {
    /** A field's text; numbers and truth values as they are written. */
    static String text(Map<String, JsonNode> fields, String name) throws RowException {
        JsonNode value = fields.get(name);
        if (value == null) {
            throw new RowException(
                    "missing_field", "has no field " + name + ", only " + String.join(", ", fields.keySet()));
        }
        if (!value.isValueNode() || value.isNull()) {
            throw new RowException("not_text", "has a field " + name + " that is no text");
        }
        if (value.asText().isBlank()) {
            throw new RowException("empty_field", "has an empty field " + name);
        }
        return value.asText();
    }

    /** What nobody would read may be a slip of the pen. */
    static void onlyThese(Map<String, JsonNode> fields, Set<String> known) throws RowException {
        for (String field : fields.keySet()) {
            if (!known.contains(field)) {
                throw new RowException(
                        "unknown_field",
                        "has a field " + field + " that is not one of "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private Values() {}
}
