package dev.graft.training.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.PeftExport;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same fifty steps here and in PEFT, from the same weights: what is exported here and what PEFT saved there are one adapter. That PEFT loads an
 * export and computes the same with it is measured by {@code graft bench training --only peft_loads_export}.
 */
class TheExportIsWhatPeftSavesTest {
    private static final Path SAVED = Path.of("src/test/resources/network/trained");
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path scratch;

    /** Rounding of fifty steps apart; a row in the wrong place would be an error of 1. */
    @Test
    void tensorByTensor() throws IOException {
        Map<String, float[]> right = tensors(SAVED.resolve(WEIGHTS));
        Map<String, float[]> found = tensors(exported().resolve(WEIGHTS));
        assertThat(found.keySet()).isEqualTo(right.keySet()).hasSize(2 * 21);
        found.forEach(
                (name, numbers) -> assertThat(TinyTraining.error(numbers, Objects.requireNonNull(right.get(name))))
                        .as(name)
                        .isLessThan(5e-3));
        assertThat(shapes(exported().resolve(WEIGHTS))).isEqualTo(shapes(SAVED.resolve(WEIGHTS)));
    }

    @Test
    void andItsConfiguration() throws IOException {
        JsonNode right = JSON.readTree(SAVED.resolve(CONFIG).toFile());
        JsonNode found = JSON.readTree(exported().resolve(CONFIG).toFile());
        found.properties().forEach(field -> {
            JsonNode expected = right.get(field.getKey());
            assertThat(expected).as("PEFT knows %s", field.getKey()).isNotNull();
            assertThat(inOrder(field.getValue())).as(field.getKey()).isEqualTo(inOrder(expected));
        });
        assertThat(found.properties().stream().map(Map.Entry::getKey))
                .contains("peft_type", "task_type", "r", "lora_alpha", "target_modules", "use_rslora", "bias");
    }

    /** An array's order means nothing here, and 8 is 8.0. */
    private static Object inOrder(JsonNode value) {
        if (value.isNumber()) {
            return value.asDouble();
        }
        if (value.isArray()) {
            var texts = new TreeSet<String>();
            value.forEach(text -> texts.add(text.asText()));
            return texts;
        }
        return value;
    }

    private Path exported() throws IOException {
        Path gguf = scratch.resolve("trained.gguf");
        try (Trainer trainer =
                TinyTraining.open(TinyTraining.RECIPE, TinyTraining.TWO_THREADS, Packing.SHARED_PREFIX)) {
            while (trainer.stepsDone() < trainer.steps()) {
                trainer.step();
            }
            trainer.writeGguf(gguf);
        }
        Path folder = scratch.resolve("peft");
        PeftExport.write(gguf, LlamaModelFile.check(GgufFile.read(TinyTraining.MODEL)), 4, folder);
        return folder;
    }

    private static JsonNode header(byte[] file) throws IOException {
        int length = Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        return JSON.readTree(new String(file, Long.BYTES, length, StandardCharsets.UTF_8));
    }

    private static Map<String, JsonNode> shapes(Path file) throws IOException {
        Map<String, JsonNode> shapes = new TreeMap<>();
        header(Files.readAllBytes(file)).properties().forEach(entry -> {
            if (!entry.getKey().equals("__metadata__")) {
                shapes.put(entry.getKey(), entry.getValue().get("shape"));
            }
        });
        return shapes;
    }

    private static Map<String, float[]> tensors(Path path) throws IOException {
        byte[] file = Files.readAllBytes(path);
        int data = Long.BYTES
                + Math.toIntExact(
                        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        Map<String, float[]> tensors = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : header(file).properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode offsets = entry.getValue().get("data_offsets");
                int from = offsets.get(0).asInt();
                int bytes = offsets.get(1).asInt() - from;
                float[] numbers = new float[bytes / Float.BYTES];
                ByteBuffer.wrap(file, data + from, bytes)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(numbers);
                tensors.put(entry.getKey(), numbers);
            }
        }
        return tensors;
    }
}
