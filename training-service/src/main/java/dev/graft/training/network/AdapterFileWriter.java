package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes what was trained as llama.cpp's adapter file, in single precision. Its alpha is the scale times the rank, since llama.cpp divides by the
 * rank whatever the recipe did.
 */
final class AdapterFileWriter {
    private final Kernels kernels;
    private final float alpha;

    AdapterFileWriter(Kernels kernels, float alpha) {
        this.kernels = kernels;
        this.alpha = alpha;
    }

    void write(List<LoraPair> pairs, Path file) throws IOException {
        GgufWriter writer = new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.type", "adapter")
                .put("adapter.type", "lora")
                .put("adapter.lora.alpha", alpha);
        for (LoraPair pair : pairs) {
            String name = pair.target().tensor(pair.layer());
            add(writer, name + ".lora_a", pair.weightOfA());
            add(writer, name + ".lora_b", pair.weightOfB());
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            writer.writeTo(out);
        }
    }

    private void add(GgufWriter writer, String name, Tensor tensor) {
        List<Long> shape = List.of((long) tensor.columns(), (long) tensor.rows());
        writer.tensor(name, shape, GgufType.F32, out -> out.write(littleEndian(tensor)));
    }

    private byte[] littleEndian(Tensor tensor) {
        float[] floats = new float[Math.toIntExact(tensor.elements())];
        kernels.download(tensor, floats);
        ByteBuffer bytes = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        return bytes.array();
    }
}
