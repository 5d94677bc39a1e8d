package dev.graft.model.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the parts of a GGUF file one by one, sound or not. */
final class GgufBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static GgufBytes header(int version, long tensors, long entries) {
        return new GgufBytes().ascii("GGUF").int32(version).int64(tensors).int64(entries);
    }

    GgufBytes ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    GgufBytes int8(int value) {
        out.write(value);
        return this;
    }

    GgufBytes int32(int value) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
        return this;
    }

    GgufBytes int64(long value) {
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
        return this;
    }

    GgufBytes text(String text) {
        return int64(text.getBytes(StandardCharsets.UTF_8).length).ascii(text);
    }

    GgufBytes key(String name, GgufValueType type) {
        return text(name).int32(type.code());
    }

    GgufBytes tensor(String name, GgufType type, long offset, long... shape) {
        text(name).int32(shape.length);
        for (long length : shape) {
            int64(length);
        }
        return int32(type.code()).int64(offset);
    }

    GgufBytes padded(int alignment) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
        return this;
    }

    GgufBytes zeros(int count) {
        out.writeBytes(new byte[count]);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
