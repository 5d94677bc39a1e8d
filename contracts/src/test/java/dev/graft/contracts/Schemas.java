package dev.graft.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The schema files, found by the event they describe. */
final class Schemas {
    static final Map<Class<?>, String> FILES = Map.of(
            InferenceRequest.class, "inference-request.json",
            InferenceResult.class, "inference-result.json",
            InferenceControl.class, "inference-control.json",
            PromptRequest.class, "prompt-request.json",
            PromptResult.class, "prompt-result.json",
            TrainingRequest.class, "training-request.json",
            TrainingControl.class, "training-control.json",
            TrainingEvent.class, "training-event.json",
            AdapterEntry.class, "adapter-entry.json");

    static final List<String> ALL_FILES = Stream.concat(FILES.values().stream(), Stream.of("common.json"))
            .sorted()
            .toList();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaIdResolvers(
                    resolvers -> resolvers.mapPrefix("graft:/schemas/v1/", "classpath:schemas/")));

    /** What is wrong with this JSON, one line a fault. */
    static List<String> faults(String file, byte[] json) {
        Schema schema = REGISTRY.getSchema(SchemaLocation.of("graft:/schemas/v1/" + file));
        return schema
                .validate(
                        new String(json, StandardCharsets.UTF_8),
                        InputFormat.JSON,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream()
                .map(Object::toString)
                .toList();
    }

    static JsonNode current(String file) {
        return resource("/schemas/" + file);
    }

    static JsonNode released(String file) {
        return resource("/released/v1/" + file);
    }

    private static JsonNode resource(String path) {
        try (InputStream in = Schemas.class.getResourceAsStream(path)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Schemas() {}
}
