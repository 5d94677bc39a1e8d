package dev.graft.training.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** An object of a request's body, read field by field; a field that nobody read is refused, for it would have changed the training. */
final class Fields {
    private static final String AUTO = "auto";

    private final String path;
    private final JsonNode object;
    private final Set<String> unread = new LinkedHashSet<>();

    private Fields(String path, JsonNode object) {
        this.path = path;
        this.object = object;
        object.fieldNames().forEachRemaining(unread::add);
    }

    /** @throws FaultException {@code malformed_body} where it is no JSON object */
    static Fields of(byte[] body) {
        JsonNode read;
        try {
            read = EventJson.read(body, JsonNode.class);
        } catch (FaultException e) {
            throw new FaultException(
                    Fault.input(
                            "malformed_body",
                            e.fault().field(),
                            e.fault().value(),
                            e.fault().remedy()),
                    e);
        }
        if (!read.isObject()) {
            throw new FaultException(Fault.input("malformed_body", "", "", "must be a JSON object"));
        }
        return new Fields("", read);
    }

    /** An object within; empty where there is none. */
    Optional<Fields> object(String name) {
        return value(name).map(value -> {
            if (!value.isObject()) {
                throw invalid(name, value, "must be an object");
            }
            return new Fields(path + name + ".", value);
        });
    }

    Optional<String> text(String name) {
        return value(name).map(value -> {
            if (!value.isTextual()) {
                throw invalid(name, value, "must be a text");
            }
            return value.asText();
        });
    }

    /** An object whose values are texts; empty where there is none. */
    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(name)
                .ifPresent(fields -> fields.object.properties().forEach(field -> {
                    if (!field.getValue().isTextual()) {
                        throw fields.invalid(field.getKey(), field.getValue(), "must be a text");
                    }
                    texts.put(field.getKey(), field.getValue().asText());
                }));
        return texts;
    }

    String required(String name) {
        return text(name)
                .orElseThrow(() ->
                        new FaultException(Fault.input("missing_required_parameter", path + name, "", "is required")));
    }

    /** A whole number; {@code auto} is the same as nothing. */
    OptionalInt whole(String name) {
        Optional<JsonNode> value = number(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!value.get().canConvertToExactIntegral() || !value.get().canConvertToInt()) {
            throw invalid(name, value.get(), "must be a whole number or auto");
        }
        return OptionalInt.of(value.get().intValue());
    }

    OptionalLong wholeLong(String name) {
        Optional<JsonNode> value = number(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!value.get().canConvertToExactIntegral() || !value.get().canConvertToLong()) {
            throw invalid(name, value.get(), "must be a whole number");
        }
        return OptionalLong.of(value.get().longValue());
    }

    /** Any number; {@code auto} is the same as nothing. */
    OptionalDouble real(String name) {
        return number(name).map(value -> OptionalDouble.of(value.doubleValue())).orElse(OptionalDouble.empty());
    }

    Optional<Boolean> truth(String name) {
        return value(name).map(value -> {
            if (!value.isBoolean()) {
                throw invalid(name, value, "must be true or false");
            }
            return value.booleanValue();
        });
    }

    /** Taken as it is, by a type that knows its own fields. */
    Optional<JsonNode> value(String name) {
        unread.remove(name);
        return Optional.ofNullable(object.get(name)).filter(value -> !value.isNull());
    }

    /** @throws FaultException {@code unknown_parameter} for the first field that was not read */
    void end() {
        for (String name : unread) {
            throw new FaultException(Fault.input(
                    "unknown_parameter", path + name, object.get(name), "is unknown: leave it out, or see /openapi"));
        }
    }

    FaultException invalid(String name, Object value, String remedy) {
        return new FaultException(Fault.input("invalid_value", path + name, value, remedy));
    }

    private Optional<JsonNode> number(String name) {
        return value(name).filter(value -> !value.asText().equals(AUTO)).map(value -> {
            if (!value.isNumber()) {
                throw invalid(name, value, "must be a number or auto");
            }
            return value;
        });
    }
}
