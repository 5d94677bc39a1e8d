package dev.graft.inference.settings;

import io.smallrye.config.WithDefault;
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

    /** Whether attention is computed without materialising its weights. */
    @WithDefault("true")
    boolean flashAttention();
}
