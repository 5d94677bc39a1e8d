package dev.graft.training.network;

import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.Target;
import dev.graft.training.optimizer.Parameter;
import dev.graft.training.recipe.Recipe;

/**
 * What a training will take, told before any of it is allocated.
 *
 * @param rows most rows of a packed batch that are computed at once
 * @param learnedRows most of them that have loss
 * @param keep whether activations of all layers stay in memory
 * @param bytes in all: the mapped model file, the adapter with its gradients and moments, activations, and each thread's own
 */
public record MemoryPlan(int rows, int learnedRows, Keep keep, long bytes) {
    /** What the way forward leaves for the way back. */
    public enum Keep {
        /** Every layer's activations. */
        ALL,
        /** Each layer's input: the rest is computed again on the way back, which costs a third more time. */
        INPUTS;

        int memories(int layers) {
            return this == ALL ? layers : 1;
        }
    }

    /** A tile of a weight, of the vocabulary's logits, and what oneDNN takes: see the kernels' sources. */
    private static final long BYTES_OF_THREAD = 4L << 20;

    private static final int TILE_OF_VOCABULARY = 128;

    static MemoryPlan of(LlamaModelFile base, Recipe recipe, int rows, int learnedRows, Keep keep, int threads) {
        var shape = new Shape(base, recipe, rows, learnedRows);
        long floats = (base.layers() + 1L) * rows * base.width()
                + (long) keep.memories(base.layers()) * rows * LayerMemory.floatsOfRow(shape)
                + rows * Scratch.floatsOfRow(shape)
                + learnedRows * OutputHead.floatsOfRow(shape)
                + Parameter.TENSORS * parameters(base, recipe)
                + threads * (long) learnedRows * (base.width() + 2L * TILE_OF_VOCABULARY);
        return new MemoryPlan(
                rows, learnedRows, keep, base.fileBytes() + floats * Float.BYTES + threads * BYTES_OF_THREAD);
    }

    /** How many numbers are trained. */
    static long parameters(LlamaModelFile base, Recipe recipe) {
        long ofLayer = 0;
        for (Target target : recipe.targets()) {
            ofLayer += (long) recipe.rank() * (target.inputs(base) + target.outputs(base));
        }
        return ofLayer * base.layers();
    }
}
