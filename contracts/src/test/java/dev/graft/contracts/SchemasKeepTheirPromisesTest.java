package dev.graft.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every field is explained, and no schema turns against what was released ({@code released/v1}: from the first release on never edited, only added to). */
class SchemasKeepTheirPromisesTest {
    @SuppressWarnings("unused") // by name, in @FieldSource
    static final List<String> FILES = Schemas.ALL_FILES;

    @ParameterizedTest
    @FieldSource("FILES")
    void everyFieldHasADescription(String file) {
        assertThat(undescribed("", Schemas.current(file))).isEmpty();
    }

    @Test
    void aFieldWithoutDescriptionIsFound() {
        ObjectNode schema = Schemas.current("prompt-request.json").deepCopy();
        property(schema, "template").remove("description");

        assertThat(undescribed("", schema)).containsExactly("/properties/template");
    }

    @ParameterizedTest
    @FieldSource("FILES")
    void oldReadersAndWritersGetAlongWithTheSchemaOfToday(String file) {
        assertThat(Compatibility.breaks(Schemas.released(file), Schemas.current(file)))
                .isEmpty();
    }

    @Test
    void aRemovedOrRenamedFieldIsABreak() {
        ObjectNode schema = Schemas.current("prompt-request.json").deepCopy();
        ((ObjectNode) schema.get("properties")).remove("model");

        assertThat(breaks("prompt-request.json", schema)).containsExactly("/properties/model: removed");
    }

    @Test
    void aNewRequiredFieldIsABreak() {
        ObjectNode schema = Schemas.current("prompt-request.json").deepCopy();
        ((ArrayNode) schema.get("required")).add("model");

        assertThat(breaks("prompt-request.json", schema)).containsExactly("/required: model is new");
    }

    @Test
    void aFieldThatOldReadersNeedMustNotBecomeOptional() {
        ObjectNode schema = Schemas.current("prompt-request.json").deepCopy();
        ((ArrayNode) schema.get("required")).remove(0);

        assertThat(breaks("prompt-request.json", schema)).containsExactly("/required: id is gone");
    }

    @Test
    void anotherTypeATighterBoundOrADroppedOrUnknownEnumValueIsABreak() {
        ObjectNode schema = Schemas.current("prompt-request.json").deepCopy();
        property(schema, "template").put("type", "integer").put("minLength", 7);
        property(schema, "id").put("maxLength", 100);
        ((ArrayNode) property(schema, "mode").get("enum")).remove(0);

        assertThat(breaks("prompt-request.json", schema))
                .containsExactlyInAnyOrder(
                        "/properties/template/type: \"string\" became \"integer\"",
                        "/properties/template/minLength: 1 became 7",
                        "/properties/id/maxLength: 200 became 100",
                        "/properties/mode/enum: [\"score\",\"generate\"] became [\"generate\"]");
    }

    @Test
    void aNewOptionalFieldIsNone() {
        ObjectNode schema = Schemas.current("prompt-request.json").deepCopy();
        ((ObjectNode) schema.get("properties")).putObject("tenant").put("type", "string");

        assertThat(breaks("prompt-request.json", schema)).isEmpty();
    }

    private static List<String> breaks(String file, JsonNode changed) {
        return Compatibility.breaks(Schemas.released(file), changed);
    }

    private static ObjectNode property(ObjectNode schema, String name) {
        return (ObjectNode) schema.get("properties").get(name);
    }

    private static List<String> undescribed(String path, JsonNode schema) {
        var found = new ArrayList<String>();
        for (String group : List.of("properties", "$defs")) {
            schema.path(group).properties().forEach(entry -> {
                String here = path + "/" + group + "/" + entry.getKey();
                if (entry.getValue().path("description").asText().isBlank()) {
                    found.add(here);
                }
                found.addAll(undescribed(here, entry.getValue()));
            });
        }
        for (String inner : List.of("items", "additionalProperties")) {
            if (schema.path(inner).isObject()) {
                found.addAll(undescribed(path + "/" + inner, schema.get(inner)));
            }
        }
        return found;
    }
}
