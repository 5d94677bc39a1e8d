package dev.graft.inference.settings;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** How llama.cpp computes. */
public interface LlamaSettings {
    /** Threads of a decode step; default: as many as there are cores. */
    OptionalInt threads();

    /** Whether to load the CUDA libraries and offload layers. */
    @WithDefault("false")
    boolean cuda();

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

    /**
     * Most tokens of prompts in a step that also has running answers: more begins answers sooner, less keeps the running ones steadier.
     */
    @WithDefault("64")
    int prefillTokens();

    /** Most tokens of short prompts that running answers wait for, so that those begin at once; a prompt of more than 128 is never waited for. */
    @WithDefault("512")
    int burstTokens();

    /** KV cells that prefixes shared by several requests may keep while nobody uses them; each makes every step's attention a little slower. */
    @WithDefault("4096")
    int prefixCells();

    /** The folder of libggml-cuda.so and what it needs, where {@link #cuda()} is true; default: {@code cache/llama-cuda} under {@code graft.home}. */
    Optional<Path> cudaDirectory();

    /** Whether attention is computed without materialising its weights. */
    @WithDefault("true")
    boolean flashAttention();
}
