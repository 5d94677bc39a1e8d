package dev.graft.inference.settings;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** How llama.cpp computes. */
public interface LlamaSettings {
    /** Threads of a decode step; default: as many as there are cores. */
    OptionalInt threads();

    /**
     * Nice value of the threads that compute, -20 to 19: below 0 they go before other programs on the same cores, where the kernel allows it. At 0
     * they share the cores evenly.
     */
    @WithDefault("-10")
    int nice();

    /** Whether to load the CUDA libraries and offload layers; default: where {@link #cudaDirectory()} has libggml-cuda.so. */
    Optional<Boolean> cuda();

    /** Layers computed on the GPU, counted from the last; a number above the model's means all. Without CUDA of no effect. */
    @WithDefault("999")
    int gpuLayers();

    /** KV cells, shared by all sequences and cached prefixes. */
    @WithDefault("16384")
    int contextTokens();

    /** Requests that are computed at the same time; the others wait in the queue. */
    @WithDefault("8")
    int slots();

    /** Most tokens of one decode step, running answers and chunks of prompts together. */
    @WithDefault("512")
    int batchTokens();

    /** Tokens of prompts in a step without running answers: more is faster on a GPU, less begins the first of several answers sooner. */
    @WithDefault("64")
    int prefillTokens();

    /**
     * Tokens of prompts in a step that has running answers too, rounded up so that all tokens of the step are a
     * multiple of 16: more begins answers sooner, less keeps the running
     * ones steadier.
     */
    @WithDefault("8")
    int mixedTokens();

    /** Most tokens of short prompts that running answers wait for, so that those begin at once; a prompt of more than 128 is never waited for. */
    @WithDefault("512")
    int burstTokens();

    /** KV cells that prefixes shared by several requests may keep while nobody uses them; least recently used ones go first. */
    @WithDefault("4096")
    int prefixCells();

    /** The folder of libggml-cuda.so and what it needs; default: {@code cache/llama-cuda} under {@code graft.home}. */
    Optional<Path> cudaDirectory();

    /** Who computes attention: Graft's own kernel, ggml's flash attention, or ggml's plain one, to compare. */
    @WithDefault("ragged")
    AttentionKernel attention();

    /** Who multiplies by the weights: Graft's own kernel over packed weights, or ggml's; default: Graft's where it packs most of them. */
    Optional<ProductKernel> products();

    /** As in native-llama, of which only the decode loop knows. */
    enum ProductKernel {
        PACKED,
        GGML
    }

    /** As in native-llama, of which only the decode loop knows. */
    enum AttentionKernel {
        RAGGED,
        FLASH,
        PLAIN
    }
}
