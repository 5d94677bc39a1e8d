package dev.graft.llama;

import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import dev.graft.model.gguf.TensorInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of a model whose weights are the same numbers in single precision, so that nothing is rounded but sums. */
final class FloatCopy {
    private static final int BLOCK = 32;

    /** Of a file whose tensors are F32, Q4_1 or Q8_0. */
    static void write(Path quantized, Path copy) throws IOException {
        GgufFile header = GgufFile.read(quantized);
        GgufWriter writer = new GgufWriter();
        header.metadata().forEach((key, value) -> {
            if (!key.equals(GgufFile.ALIGNMENT)) {
                writer.put(key, value);
            }
        });
        try (FileChannel file = FileChannel.open(quantized);
                OutputStream out = Files.newOutputStream(copy)) {
            for (TensorInfo tensor : header.tensors()) {
                writer.tensor(
                        tensor.name(),
                        tensor.shape(),
                        GgufType.F32,
                        to -> to.write(floats(tensor, read(file, tensor)).array()));
            }
            writer.writeTo(out);
        }
    }

    private static ByteBuffer read(FileChannel file, TensorInfo tensor) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && file.read(bytes, tensor.offset() + bytes.position()) >= 0) {}
        return bytes.flip();
    }

    private static ByteBuffer floats(TensorInfo tensor, ByteBuffer from) {
        long elements =
                tensor.bytes() / tensor.type().blockBytes() * tensor.type().blockElements();
        ByteBuffer to =
                ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            switch (tensor.type()) {
                case F32 -> to.putFloat(from.getFloat());
                case Q4_1 -> fourBits(from, to);
                case Q8_0 -> eightBits(from, to);
                default -> throw new IllegalArgumentException(tensor.name() + " is " + tensor.type());
            }
        }
        return to;
    }

    /** d, m, then 16 bytes: the lower halves are the first 16 elements, the upper halves the others; each is d q + m. */
    private static void fourBits(ByteBuffer from, ByteBuffer to) {
        float d = half(from);
        float m = half(from);
        int begin = from.position();
        for (int i = 0; i < BLOCK; i++) {
            int both = from.get(begin + i % (BLOCK / 2));
            to.putFloat(d * (i < BLOCK / 2 ? both & 15 : both >> 4 & 15) + m);
        }
        from.position(begin + BLOCK / 2);
    }

    /** d, then 32 signed bytes: each is d q. */
    private static void eightBits(ByteBuffer from, ByteBuffer to) {
        float d = half(from);
        for (int i = 0; i < BLOCK; i++) {
            to.putFloat(d * from.get());
        }
    }

    private static float half(ByteBuffer from) {
        return Float.float16ToFloat(from.getShort());
    }

    private FloatCopy() {}
}
