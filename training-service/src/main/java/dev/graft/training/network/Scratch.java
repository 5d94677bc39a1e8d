package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;

/**
 * Memory that all layers use in turns.
 *
 * @param normed input of a layer's half, normalised
 * @param activated what goes into the down projection, or its gradient
 * @param gradient of the layer's output, then of its input
 * @param inner gradient within a half
 * @param dropped an input with dropout, or an input's gradient before it
 * @param low [rows][rank]
 */
record Scratch(
        Tensor normed,
        Tensor activated,
        Tensor gradient,
        Tensor inner,
        Tensor dattended,
        Tensor dq,
        Tensor dk,
        Tensor dv,
        Tensor dgate,
        Tensor dup,
        Tensor dropped,
        Tensor low) {
    static Scratch allocate(Kernels kernels, Shape shape) {
        int rows = shape.rows();
        return new Scratch(
                kernels.allocate(rows, shape.width()),
                kernels.allocate(rows, shape.feedForward()),
                kernels.allocate(rows, shape.width()),
                kernels.allocate(rows, shape.width()),
                kernels.allocate(rows, shape.queries()),
                kernels.allocate(rows, shape.queries()),
                kernels.allocate(rows, shape.keys()),
                kernels.allocate(rows, shape.keys()),
                kernels.allocate(rows, shape.feedForward()),
                kernels.allocate(rows, shape.feedForward()),
                kernels.allocate(rows, shape.longestInput()),
                kernels.allocate(rows, shape.recipe().rank()));
    }

    /** Floats of one row. */
    static long floatsOfRow(Shape shape) {
        return 3L * shape.width()
                + 2L * shape.queries()
                + 2L * shape.keys()
                + 3L * shape.feedForward()
                + shape.longestInput()
                + shape.recipe().rank();
    }

    Scratch of(int rows) {
        return new Scratch(
                normed.top(rows),
                activated.top(rows),
                gradient.top(rows),
                inner.top(rows),
                dattended.top(rows),
                dq.top(rows),
                dk.top(rows),
                dv.top(rows),
                dgate.top(rows),
                dup.top(rows),
                dropped.top(rows),
                low.top(rows));
    }

    /** {@link #dropped} as rows of this length. */
    Tensor dropped(int length) {
        return dropped.shaped(dropped.rows(), length);
    }
}
