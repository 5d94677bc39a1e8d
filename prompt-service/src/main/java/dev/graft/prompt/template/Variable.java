package dev.graft.prompt.template;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A variable that a template declares. One without a default is required.
 *
 * @param type what its value must be
 * @param description for people
 * @param required may be written for clearness; must then agree with the default's absence
 * @param fallback the value where a request gives none ({@code default} in files)
 */
public record Variable(
        Type type,
        @JsonSetter(nulls = Nulls.AS_EMPTY) String description,
        Optional<Boolean> required,
        @JsonProperty("default") Optional<JsonNode> fallback) {

    public Variable {
        // Jackson takes an absent JSON value for a null.
        fallback = fallback.filter(value -> !value.isNull());
    }

    /** What a variable's value must be. */
    public enum Type {
        @JsonProperty("string")
        STRING("a string"),
        @JsonProperty("integer")
        INTEGER("a whole number of at most 18 digits"),
        @JsonProperty("number")
        NUMBER("a number"),
        @JsonProperty("boolean")
        BOOLEAN("true or false"),
        @JsonProperty("list")
        LIST("a list of strings, numbers and booleans");

        private final String words;

        Type(String words) {
            this.words = words;
        }

        /** In words, for messages. */
        public String words() {
            return words;
        }
    }
}
