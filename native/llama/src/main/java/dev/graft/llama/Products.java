package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.graft_has_byte_tiles;

import java.util.Optional;

/** Who multiplies activations by the model's weights on the CPU. */
public enum Products {
    /**
     * Graft's kernel, over weights that it packs ({@code graft_matrix.cpp}): Q4_0, Q4_1 and Q8_0, where the processor has AVX2; all others as
     * {@link #GGML}.
     */
    PACKED,
    /** ggml's kernels. */
    GGML;

    /** The faster one on this processor; empty with AMX, where ggml has a good one of its own: try both. The library must be loaded. */
    public static Optional<Products> fastest() {
        if (!Vectors.sufficeForKernels()) {
            return Optional.of(GGML);
        }
        return graft_has_byte_tiles() ? Optional.empty() : Optional.of(PACKED);
    }
}
