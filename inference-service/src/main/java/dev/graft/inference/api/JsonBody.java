package dev.graft.inference.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.contracts.FaultException;
import dev.graft.inference.request.Refusals;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose fields are read by name and type. A field of another type is refused by its name; so is, in {@link #end()}, a field that
 * nobody asked for: what would change the answer is never passed over. {@code null} is the same as absent.
 */
final class JsonBody {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode object;
    private final String path;
    private final Set<String> read = new HashSet<>();

    private JsonBody(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /** @throws FaultException {@code malformed_json} */
    static JsonBody parse(byte[] body) {
        try {
            JsonNode tree = JSON.readTree(body);
            if (tree == null || !tree.isObject()) {
                throw Refusals.refused("malformed_json", "", "", "the body must be a JSON object");
            }
            return new JsonBody(tree, "");
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
            throw Refusals.refused(
                    "malformed_json", "", "", "the body must be JSON: " + e.getOriginalMessage() + where);
        } catch (IOException e) {
            throw Refusals.refused("malformed_json", "", "", "the body must be JSON in UTF-8");
        }
    }

    /** An object somewhere inside, such as an element of an array. */
    static JsonBody of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw wrongType(path, node, "an object");
        }
        return new JsonBody(node, path + ".");
    }

    /** The field as it is. */
    Optional<JsonNode> node(String name) {
        read.add(name);
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    JsonNode required(String name, String what) {
        return node(name).orElseThrow(() -> Refusals.refused("missing_field", path + name, "", "is required: " + what));
    }

    Optional<String> text(String name) {
        return typed(name, JsonNode::isTextual, "a string").map(JsonNode::textValue);
    }

    OptionalInt whole(String name) {
        return typed(name, JsonNode::canConvertToExactIntegral, "a whole number")
                .map(node -> OptionalInt.of(inInt(node, path + name)))
                .orElseGet(OptionalInt::empty);
    }

    OptionalLong wholeLong(String name) {
        return typed(name, node -> node.isIntegralNumber() && node.canConvertToLong(), "a whole number of 64 bits")
                .map(node -> OptionalLong.of(node.longValue()))
                .orElseGet(OptionalLong::empty);
    }

    OptionalDouble number(String name) {
        return typed(name, JsonNode::isNumber, "a number")
                .map(node -> OptionalDouble.of(node.doubleValue()))
                .orElseGet(OptionalDouble::empty);
    }

    boolean flag(String name) {
        return flag(name, false);
    }

    boolean flag(String name, boolean otherwise) {
        return typed(name, JsonNode::isBoolean, "true or false")
                .map(JsonNode::booleanValue)
                .orElse(otherwise);
    }

    Optional<JsonBody> object(String name) {
        return node(name).map(node -> of(node, path + name));
    }

    /** All its fields, whatever they are called: strings, booleans, {@code Long}, {@code Double}, lists, maps and null. */
    Map<String, @Nullable Object> values() {
        object.fieldNames().forEachRemaining(read::add);
        return values(object);
    }

    private static Map<String, @Nullable Object> values(JsonNode object) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        object.properties().forEach(field -> values.put(field.getKey(), value(field.getValue())));
        return values;
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> values(node);
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(value(element)));
                yield list;
            }
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER ->
                node.canConvertToExactIntegral() && node.canConvertToLong()
                        ? (Object) node.longValue()
                        : (Object) node.doubleValue();
            default -> null;
        };
    }

    /** One of an enum's constants, written in lower case. */
    <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) {
        return text(name).map(value -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                    return constant;
                }
            }
            String all = java.util.Arrays.stream(type.getEnumConstants())
                    .map(c -> c.name().toLowerCase(Locale.ROOT))
                    .collect(java.util.stream.Collectors.joining(", "));
            throw Refusals.invalid(path + name, value, "must be one of " + all);
        });
    }

    /** What may be said but changes no answer. */
    void passOver(String... names) {
        read.addAll(List.of(names));
    }

    /** An empty array, object or string; a number or a flag always says something. */
    static boolean saysNothing(JsonNode node) {
        return node.isContainerNode()
                ? node.isEmpty()
                : node.isTextual() && node.textValue().isEmpty();
    }

    /** Refuses a field unless it says what is so anyway. */
    void refuseUnless(String name, Predicate<JsonNode> harmless, String remedy) {
        node(name).filter(node -> !harmless.test(node)).ifPresent(node -> {
            throw Refusals.refused("unsupported_parameter", path + name, shown(node), remedy);
        });
    }

    /** To be called once every field was read: refuses those that nobody knows. */
    void end() {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!read.contains(name)) {
                throw Refusals.refused(
                        "unknown_parameter", path + name, shown(object.get(name)), "is not known here: leave it out");
            }
        }
    }

    static FaultException wrongType(String field, JsonNode node, String expected) {
        return Refusals.refused("wrong_type", field, shown(node), "must be " + expected);
    }

    static int inInt(JsonNode node, String field) {
        if (!node.canConvertToExactIntegral() || !node.canConvertToInt()) {
            throw wrongType(field, node, "a whole number of 32 bits");
        }
        return node.intValue();
    }

    private Optional<JsonNode> typed(String name, Predicate<JsonNode> right, String expected) {
        Optional<JsonNode> node = node(name);
        if (node.isPresent() && !right.test(node.get())) {
            throw wrongType(path + name, node.get(), expected);
        }
        return node;
    }

    private static String shown(JsonNode node) {
        return node.isContainerNode() ? node.getNodeType().toString().toLowerCase(Locale.ROOT) : node.asText();
    }
}
