package dev.graft.training.network;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufValue;
import dev.graft.model.gguf.GgufValueType;
import dev.graft.model.gguf.GgufWriter;
import dev.graft.model.gguf.TensorInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The tiny random model with louder queries and keys, so that it matters where a token stands, and with what a test adds to it. */
final class TinyVariant {
    private static final float LOUDER = 2.5f;

    private final Map<String, GgufValue> keys = new LinkedHashMap<>();
    private final Map<String, float[]> tensors = new LinkedHashMap<>();

    TinyVariant with(String key, String value) {
        keys.put(key, new GgufValue.Text(value));
        return this;
    }

    TinyVariant with(String key, int value) {
        keys.put(key, new GgufValue.Whole(GgufValueType.UINT32, value));
        return this;
    }

    TinyVariant with(String key, float value) {
        keys.put(key, new GgufValue.Fraction(GgufValueType.FLOAT32, value));
        return this;
    }

    TinyVariant with(String key, boolean value) {
        keys.put(key, new GgufValue.Flag(value));
        return this;
    }

    TinyVariant withTensor(String name, float... numbers) {
        tensors.put(name, numbers);
        return this;
    }

    /** From a bell curve. */
    TinyVariant withRandomTensor(String name, int length) {
        var random = new Random(name.hashCode());
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = (float) random.nextGaussian() / 2;
        }
        return withTensor(name, numbers);
    }

    Path write(Path file) throws IOException {
        GgufFile header = GgufFile.read(TinyTraining.MODEL);
        byte[] bytes = Files.readAllBytes(TinyTraining.MODEL);
        var writer = new GgufWriter();
        header.metadata().forEach((key, value) -> {
            if (!key.equals(GgufFile.ALIGNMENT) && !keys.containsKey(key)) {
                writer.put(key, value);
            }
        });
        keys.forEach(writer::put);
        for (TensorInfo tensor : header.tensors()) {
            writer.tensor(tensor.name(), tensor.shape(), tensor.type(), out -> out.write(louder(tensor, bytes)));
        }
        tensors.forEach((name, numbers) -> writer.tensor(
                name, List.of((long) numbers.length), GgufType.F32, out -> out.write(littleEndian(numbers))));
        try (OutputStream out = Files.newOutputStream(file)) {
            writer.writeTo(out);
        }
        return file;
    }

    private static byte[] louder(TensorInfo tensor, byte[] file) {
        FloatBuffer from = ByteBuffer.wrap(file, (int) tensor.offset(), (int) tensor.bytes())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float by = tensor.name().matches("blk.*attn_[qk].weight") ? LOUDER : 1;
        float[] numbers = new float[from.remaining()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = by * from.get(i);
        }
        return littleEndian(numbers);
    }

    private static byte[] littleEndian(float[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }
}
