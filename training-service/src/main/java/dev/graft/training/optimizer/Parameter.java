package dev.graft.training.optimizer;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;

/**
 * A trained matrix with what AdamW keeps of it.
 *
 * @param gradient added up over the batches of a step
 * @param first moment
 * @param second moment
 * @param rateFactor what the learning rate is multiplied by: LoRA+ teaches B faster than A
 */
public record Parameter(Tensor weight, Tensor gradient, Tensor first, Tensor second, double rateFactor) {
    /** Tensors that one holds. */
    public static final int TENSORS = 4;

    public static Parameter allocate(Kernels kernels, int rows, int columns, double rateFactor) {
        return new Parameter(
                kernels.allocate(rows, columns),
                kernels.allocate(rows, columns),
                kernels.allocate(rows, columns),
                kernels.allocate(rows, columns),
                rateFactor);
    }
}
