package dev.graft.inference.decode;

import dev.graft.llama.AdapterWeights.Precision;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaContext;
import dev.graft.llama.LlamaException;
import dev.graft.llama.LlamaModel;

/**
 * What computes the adapters of mixed batches.
 *
 * @param kernels whether Graft's own kernels do, on the processor; else nodes of ggml's own, wherever layers are
 * @param rank that the placeholder has; nodes have memory for adapters of that rank, kernels for any
 * @param precision of adapters' weights
 */
record MixingWay(boolean kernels, int rank, Precision precision) {
    /** Ranks that ggml's CUDA kernels take are multiples of these. */
    private static final int RANKS_OF_HALVES = 64;

    private static final int RANKS_OF_FLOATS = 32;

    /** The one for this model, where it lies. */
    static MixingWay of(LlamaModel model, AdapterReader reader) {
        return model.offloadedLayers() == 0 && LlamaContext.canMixAdapters() ? byKernels(reader) : byNodes(reader);
    }

    static MixingWay byKernels(AdapterReader reader) {
        return new MixingWay(true, 1, reader.precision());
    }

    static MixingWay byNodes(AdapterReader reader) {
        if (reader.precision() == Precision.Q8) {
            throw new LlamaException("graft.adapters.precision = q8: needs a processor with AVX2 and all layers on it;"
                    + " must be f16 or f32 here");
        }
        int multiple = reader.precision() == Precision.F16 ? RANKS_OF_HALVES : RANKS_OF_FLOATS;
        return new MixingWay(false, (reader.mostRank() + multiple - 1) / multiple * multiple, reader.precision());
    }

    void begin(LlamaContext context, LlamaAdapter placeholder, int slots) {
        if (kernels) {
            context.mixAdapters(placeholder, slots);
        } else {
            context.mixAdaptersByNodes(placeholder, slots, rank, precision);
        }
    }

    /** What readiness says of it. */
    String description() {
        return kernels ? "mixed in one decode" : "mixed in one decode, by ggml's products";
    }
}
