package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.lora.Weight;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import dev.graft.model.gguf.TensorInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A copy of a model whose weights are the same numbers in single precision, so that nothing is rounded but sums. */
final class FloatCopy {
    private FloatCopy() {}

    static void write(Path quantized, Path copy, Kernels kernels) throws IOException {
        GgufFile header = GgufFile.read(quantized);
        GgufWriter writer = new GgufWriter();
        header.metadata().forEach((key, value) -> {
            if (!key.equals(GgufFile.ALIGNMENT)) {
                writer.put(key, value);
            }
        });
        try (FileChannel file = FileChannel.open(quantized);
                Arena arena = Arena.ofConfined();
                OutputStream out = Files.newOutputStream(copy)) {
            MemorySegment bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
            for (TensorInfo tensor : header.tensors()) {
                writer.tensor(
                        tensor.name(), tensor.shape(), GgufType.F32, to -> to.write(floats(tensor, bytes, kernels)));
            }
            writer.writeTo(out);
        }
    }

    private static byte[] floats(TensorInfo tensor, MemorySegment bytes, Kernels kernels) {
        int inputs = tensor.shape().getFirst().intValue();
        int outputs = (int) (tensor.elements() / inputs);
        Tensor numbers = kernels.allocate(outputs, inputs);
        kernels.dequantize(
                new Weight(bytes.asSlice(tensor.offset(), tensor.bytes()), tensor.type(), outputs, inputs), numbers);
        float[] floats = new float[outputs * inputs];
        kernels.download(numbers, floats);
        ByteBuffer little = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        little.asFloatBuffer().put(floats);
        return little.array();
    }
}
