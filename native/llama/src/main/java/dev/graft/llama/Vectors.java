package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.graft_vector_bits;

/** What Graft's kernels ask of the processor. */
final class Vectors {
    private static final int AVX2_BITS = 256;

    private Vectors() {}

    /** Whether it has AVX2 at least: without it all of Graft's kernels stay out of llama.cpp's graphs. The library must be loaded. */
    static boolean sufficeForKernels() {
        return graft_vector_bits() >= AVX2_BITS;
    }
}
