package dev.graft.llama;

/** Who multiplies activations by the model's weights on the CPU. */
public enum Products {
    /**
     * Graft's kernel, over weights that it packs ({@code graft_matrix.cpp}): Q4_0, Q4_1 and Q8_0, where the processor has AVX2; all others
     * by ggml's kernels, without the packed forms that ggml has of some.
     */
    PACKED,
    /** ggml's kernels. */
    GGML;

    /** The faster one on this processor for weights that Graft packs. The library must be loaded. */
    public static Products fastest() {
        return Vectors.sufficeForKernels() ? PACKED : GGML;
    }
}
