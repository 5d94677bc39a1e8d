package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;
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
import java.util.Set;

/**
 * An adapter of random weights: sound, and of no use but to measure, to compare, and to hold a place. The same seed makes the same file.
 *
 * @param targets what it changes, in each layer
 * @param rank of all its pairs
 * @param alpha scale times rank
 * @param strength deviation of B's numbers where the rank is 16; 0.05 changes about every second likeliest token
 */
public record RandomAdapter(Set<Target> targets, int rank, float alpha, double strength, long seed) {
    private static final int USUAL_RANK = 16;

    /** Of all targets, with alpha equal to the rank. */
    public static RandomAdapter ofAllTargets(int rank, long seed) {
        return new RandomAdapter(Set.of(Target.values()), rank, rank, 0.05, seed);
    }

    /** Writes it as llama.cpp's adapter file, in single precision. */
    public void writeTo(Path file, LlamaModelFile base) throws IOException {
        GgufWriter writer = new GgufWriter()
                .put("general.architecture", "llama")
                .put("general.type", "adapter")
                .put("adapter.type", "lora")
                .put("adapter.lora.alpha", alpha);
        for (int layer = 0; layer < base.layers(); layer++) {
            for (Target target : Target.values()) {
                if (targets.contains(target)) {
                    add(writer, base, layer, target);
                }
            }
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            writer.writeTo(out);
        }
    }

    private void add(GgufWriter writer, LlamaModelFile base, int layer, Target target) {
        long inputs = target.inputs(base);
        long outputs = target.outputs(base);
        Random random = new Random(seed * 31 + target.tensor(layer).hashCode());
        double deviationOfA = 1 / Math.sqrt((double) inputs);
        double deviationOfB = strength * Math.sqrt((double) USUAL_RANK / rank);
        String name = target.tensor(layer);
        writer.tensor(
                name + ".lora_a",
                List.of(inputs, (long) rank),
                GgufType.F32,
                out -> write(out, inputs * rank, random, deviationOfA));
        writer.tensor(
                name + ".lora_b",
                List.of((long) rank, outputs),
                GgufType.F32,
                out -> write(out, outputs * rank, random, deviationOfB));
    }

    private static void write(OutputStream out, long count, Random random, double deviation) throws IOException {
        ByteBuffer numbers =
                ByteBuffer.allocate(Math.toIntExact(count * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < count; i++) {
            numbers.putFloat((float) (random.nextGaussian() * deviation));
        }
        out.write(numbers.array());
    }
}
