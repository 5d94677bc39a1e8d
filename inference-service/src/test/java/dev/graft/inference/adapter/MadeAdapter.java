package dev.graft.inference.adapter;

import dev.graft.inference.adapter.files.Sha256;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.GgufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * A LoRA adapter for the development model that changes a little of its first layer's q and v.
 *
 * @param file a GGUF file
 * @param sha256 of it
 */
public record MadeAdapter(Path file, String sha256) {
    private static final long WIDTH = 576;
    private static final long VALUES = 192;

    /** @param seed another one makes other weights */
    public static MadeAdapter in(Path folder, int rank, int seed) throws IOException {
        Path file = Files.createDirectories(folder).resolve("made-" + rank + "-" + seed + ".gguf");
        var random = new Random(seed);
        var writer = new GgufWriter()
                .put("general.type", "adapter")
                .put("general.architecture", "llama")
                .put("adapter.type", "lora")
                .put("adapter.lora.alpha", (float) rank);
        matrix(writer, "blk.0.attn_q.weight.lora_a", WIDTH, rank, random);
        matrix(writer, "blk.0.attn_q.weight.lora_b", rank, WIDTH, random);
        matrix(writer, "blk.0.attn_v.weight.lora_a", WIDTH, rank, random);
        matrix(writer, "blk.0.attn_v.weight.lora_b", rank, VALUES, random);
        try (OutputStream out = Files.newOutputStream(file)) {
            writer.writeTo(out);
        }
        return new MadeAdapter(file, Sha256.of(file));
    }

    private static void matrix(GgufWriter writer, String name, long in, long out, Random random) {
        ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(4 * in * out)).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat((random.nextFloat() - 0.5f) / 100);
        }
        writer.tensor(name, List.of(in, out), GgufType.F32, to -> to.write(data.array()));
    }
}
