package dev.graft.llama;

import dev.graft.llama.AdapterWeights.Matrix;
import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.AdapterWeights.WeightType;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A random adapter, as a file and as weights of a slot. */
record AdapterOnDisk(Path file, RandomAdapter made, LlamaModelFile base) {
    static AdapterOnDisk write(Path folder, RandomAdapter adapter, LlamaModelFile base) throws IOException {
        Path file = folder.resolve("adapter-" + adapter.seed() + ".gguf");
        adapter.writeTo(file, base);
        return new AdapterOnDisk(file, adapter, base);
    }

    AdapterWeights weights(Precision precision) throws IOException {
        GgufFile header = GgufFile.read(file);
        AdapterWeights weights = new AdapterWeights(base.layers(), precision);
        try (FileChannel channel = FileChannel.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            for (int layer = 0; layer < base.layers(); layer++) {
                for (int number = 0; number < AdapterWeights.TARGETS; number++) {
                    Target target = Target.values()[number];
                    if (!made.targets().contains(target)) {
                        continue;
                    }
                    weights.put(
                            layer,
                            number,
                            target.inputs(base),
                            target.outputs(base),
                            made.rank(),
                            made.alpha() / made.rank(),
                            matrix(header, bytes, target.tensor(layer) + ".lora_a"),
                            matrix(header, bytes, target.tensor(layer) + ".lora_b"));
                }
            }
        }
        return weights;
    }

    private static Matrix matrix(GgufFile header, MemorySegment bytes, String name) {
        TensorInfo tensor = header.tensor(name).orElseThrow();
        return new Matrix(WeightType.F32, bytes.asSlice(tensor.offset(), tensor.bytes()));
    }
}
