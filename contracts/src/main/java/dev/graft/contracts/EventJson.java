package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How event bodies are written and read: the one mapper, so that all services agree. */
public final class EventJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .build();

    /** Jackson names Java classes in its messages; senders know only the JSON. */
    private static final Pattern PACKAGE = Pattern.compile("\\b(?:[a-z][a-z0-9]*\\.)+(?:\\w+\\$)?(?=[A-Z])");

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(64).build());
    }

    public static byte[] write(Object body) {
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an event's body; unknown fields are passed over, so that old readers take what newer writers add.
     *
     * @throws FaultException {@code malformed_event}, naming the field, where the bytes are not such an event
     */
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            @Nullable T body = MAPPER.readValue(json, type);
            if (body == null) {
                throw new FaultException(Fault.input("malformed_event", "", "null", "must be a JSON object"));
            }
            return body;
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof FaultException refused) {
                throw refused(e, refused.fault());
            }
            Object value = e instanceof InvalidFormatException format ? format.getValue() : "";
            throw new FaultException(
                    Fault.input("malformed_event", path(e.getPath()), value, remedy(e.getOriginalMessage())), e);
        } catch (IOException e) {
            throw new FaultException(
                    Fault.input("malformed_event", "", "", "must be JSON: " + remedy(e.getMessage())), e);
        }
    }

    /** What a record refused in its constructor, with the path to it. */
    private static FaultException refused(JsonMappingException e, Fault fault) {
        String path = path(e.getPath());
        String field = path + (path.isEmpty() || fault.field().isEmpty() ? "" : ".") + fault.field();
        return new FaultException(Fault.input("malformed_event", field, fault.value(), fault.remedy()), e);
    }

    /** Such as {@code messages[0].role}. */
    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (var step : references) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    private static String remedy(@Nullable String message) {
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        return PACKAGE.matcher(line).replaceAll("");
    }

    private EventJson() {}
}
