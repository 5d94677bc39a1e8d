package dev.graft.llama;

/** Who computes attention. */
public enum Attention {
    /**
     * Graft's kernel for batches of many sequences over shared cells, in ggml's flash attention's place ({@code graft_attention.cpp}); where the
     * processor has no AVX2, or the GPU computes, the same as {@link #FLASH}.
     */
    RAGGED,
    /** ggml's flash attention: the weights are never held as a whole. */
    FLASH,
    /** ggml's plain attention, as matrix products; many times slower on a CPU. */
    PLAIN;

    /** What computes on this processor where {@code this} is asked for; the library must be loaded. */
    public Attention onThisProcessor() {
        return this == RAGGED && !Vectors.sufficeForKernels() ? FLASH : this;
    }
}
