package dev.graft.model.gguf;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a GGUF file of version 3: first what it says, then its tensors' data one after the other, streamed. What it writes,
 * {@link GgufFile} reads.
 */
public final class GgufWriter {
    /** Writes the data of one tensor, exactly as many bytes as its shape and type take. */
    @FunctionalInterface
    public interface TensorData {
        void writeTo(OutputStream out) throws IOException;
    }

    private record Tensor(TensorInfo info, TensorData data) {}

    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private long dataBytes;

    /** Adds a metadata entry; the alignment is always {@value GgufFile#DEFAULT_ALIGNMENT} and needs none. */
    public GgufWriter put(String key, GgufValue value) {
        if (key.isEmpty() || key.equals(GgufFile.ALIGNMENT) || metadata.putIfAbsent(key, value) != null) {
            throw new MalformedGgufException("key", key, "must be new, not empty, and not " + GgufFile.ALIGNMENT);
        }
        return this;
    }

    public GgufWriter put(String key, String value) {
        return put(key, new GgufValue.Text(value));
    }

    public GgufWriter put(String key, int value) {
        return put(key, new GgufValue.Whole(GgufValueType.UINT32, value));
    }

    public GgufWriter put(String key, float value) {
        return put(key, new GgufValue.Fraction(GgufValueType.FLOAT32, value));
    }

    public GgufWriter put(String key, boolean value) {
        return put(key, new GgufValue.Flag(value));
    }

    /** Adds a tensor behind the ones before it. */
    public GgufWriter tensor(String name, List<Long> shape, GgufType type, TensorData data) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (elements < 1 || shape.getFirst() % type.blockElements() != 0) {
            throw new MalformedGgufException(name + ".shape", shape, "rows of " + type + " are whole blocks");
        }
        long bytes = Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
        tensors.add(new Tensor(new TensorInfo(name, shape, type, dataBytes, bytes), data));
        dataBytes = aligned(dataBytes + bytes);
        return this;
    }

    /**
     * Writes everything and leaves the stream open.
     *
     * @throws MalformedGgufException where a tensor's data have not the size that its shape takes
     */
    public void writeTo(OutputStream target) throws IOException {
        var out = new LittleEndianStream(new BufferedOutputStream(target, 1 << 16));
        out.int32(GgufReader.MAGIC);
        out.int32(GgufReader.NEWEST);
        out.int64(tensors.size());
        out.int64(metadata.size());
        for (Map.Entry<String, GgufValue> entry : metadata.entrySet()) {
            out.text(entry.getKey());
            write(entry.getValue(), out);
        }
        for (Tensor tensor : tensors) {
            write(tensor.info(), out);
        }
        for (Tensor tensor : tensors) {
            pad(out);
            write(tensor, out);
        }
        out.flush();
    }

    private static void write(GgufValue value, LittleEndianStream out) throws IOException {
        switch (value) {
            case GgufValue.Whole(GgufValueType type, long whole) -> {
                out.int32(type.code());
                out.whole(whole, type.bytes());
            }
            case GgufValue.Fraction(GgufValueType type, double fraction) -> {
                out.int32(type.code());
                boolean single = type == GgufValueType.FLOAT32;
                out.whole(
                        single ? Float.floatToRawIntBits((float) fraction) : Double.doubleToRawLongBits(fraction),
                        type.bytes());
            }
            case GgufValue.Flag(boolean flag) -> {
                out.int32(GgufValueType.BOOL.code());
                out.write(flag ? 1 : 0);
            }
            case GgufValue.Text(String text) -> {
                out.int32(GgufValueType.STRING.code());
                out.text(text);
            }
            case GgufValue.Texts(GgufStrings texts) -> {
                array(GgufValueType.STRING, texts.size(), out);
                for (int i = 0; i < texts.size(); i++) {
                    out.bytes(texts.bytes(i));
                }
            }
            case GgufValue.Numbers(GgufNumbers numbers) -> {
                array(numbers.type(), numbers.size(), out);
                out.write(numbers.raw());
            }
        }
    }

    private static void array(GgufValueType type, int size, LittleEndianStream out) throws IOException {
        out.int32(GgufValueType.ARRAY.code());
        out.int32(type.code());
        out.int64(size);
    }

    private static void write(TensorInfo tensor, LittleEndianStream out) throws IOException {
        byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
        if (name.length < 1 || name.length > TensorTable.LONGEST_NAME) {
            throw new MalformedGgufException("name", tensor.name(), "has 1 to " + TensorTable.LONGEST_NAME + " bytes");
        }
        out.bytes(name);
        out.int32(tensor.shape().size());
        for (long length : tensor.shape()) {
            out.int64(length);
        }
        out.int32(tensor.type().code());
        out.int64(tensor.offset());
    }

    private static void write(Tensor tensor, LittleEndianStream out) throws IOException {
        long before = out.written();
        tensor.data().writeTo(out);
        long bytes = out.written() - before;
        if (bytes != tensor.info().bytes()) {
            throw new MalformedGgufException(
                    tensor.info().name(),
                    bytes + " bytes",
                    "its shape takes " + tensor.info().bytes());
        }
    }

    private static void pad(LittleEndianStream out) throws IOException {
        out.write(new byte[(int) (aligned(out.written()) - out.written())]);
    }

    private static long aligned(long offset) {
        return (offset + GgufFile.DEFAULT_ALIGNMENT - 1) & -GgufFile.DEFAULT_ALIGNMENT;
    }
}
