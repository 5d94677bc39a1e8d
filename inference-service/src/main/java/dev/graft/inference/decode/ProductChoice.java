package dev.graft.inference.decode;

import dev.graft.llama.Products;
import dev.graft.model.gguf.GgufFile;
import dev.graft.model.gguf.GgufType;
import dev.graft.model.gguf.TensorInfo;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which products are the faster ones for a model: Graft's where it packs most of the weights. On every processor that was measured they were, with
 * AMX too ({@code ./graft bench serving}); of other types ggml has packed forms of its own, which would be lost.
 */
final class ProductChoice {
    private static final Set<GgufType> PACKED = EnumSet.of(GgufType.Q4_0, GgufType.Q4_1, GgufType.Q8_0);

    private ProductChoice() {}

    static Products of(GgufFile file) {
        long all = file.tensors().stream().mapToLong(TensorInfo::bytes).sum();
        long packed = file.tensors().stream()
                .filter(tensor -> PACKED.contains(tensor.type()))
                .mapToLong(TensorInfo::bytes)
                .sum();
        return 2 * packed > all ? Products.fastest() : Products.GGML;
    }
}
