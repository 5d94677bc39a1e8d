package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.model.adapter.Target;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a layer's way forward leaves for its way back, apart from its input. Each has as many rows as a batch may have; the row counts of a batch are
 * views ({@link #of}).
 *
 * @param inverse1 1 / rms of the layer's input
 * @param q turned queries
 * @param k turned keys
 * @param logSums of the attention
 * @param attended what attention gave
 * @param middle input of the feed-forward half
 * @param inverse2 1 / rms of it
 * @param lora s · A · dropout(x) of each target
 */
record LayerMemory(
        Tensor inverse1,
        Tensor q,
        Tensor k,
        Tensor v,
        Tensor logSums,
        Tensor attended,
        Tensor middle,
        Tensor inverse2,
        Tensor gate,
        Tensor up,
        Map<Target, Tensor> lora) {
    static LayerMemory allocate(Kernels kernels, Shape shape) {
        int rows = shape.rows();
        Map<Target, Tensor> lora = new EnumMap<>(Target.class);
        for (Target target : shape.recipe().targets()) {
            lora.put(target, kernels.allocate(rows, shape.recipe().rank()));
        }
        return new LayerMemory(
                kernels.allocate(rows, 1),
                kernels.allocate(rows, shape.queries()),
                kernels.allocate(rows, shape.keys()),
                kernels.allocate(rows, shape.keys()),
                kernels.allocate(rows, shape.base().heads()),
                kernels.allocate(rows, shape.queries()),
                kernels.allocate(rows, shape.width()),
                kernels.allocate(rows, 1),
                kernels.allocate(rows, shape.feedForward()),
                kernels.allocate(rows, shape.feedForward()),
                lora);
    }

    /** Floats of one row. */
    static long floatsOfRow(Shape shape) {
        return 2L
                + 2L * shape.queries()
                + 2L * shape.keys()
                + shape.base().heads()
                + shape.width()
                + 2L * shape.feedForward()
                + (long) shape.recipe().targets().size() * shape.recipe().rank();
    }

    LayerMemory of(int rows) {
        Map<Target, Tensor> cut = new EnumMap<>(Target.class);
        lora.forEach((target, tensor) -> cut.put(target, tensor.top(rows)));
        return new LayerMemory(
                inverse1.top(rows),
                q.top(rows),
                k.top(rows),
                v.top(rows),
                logSums.top(rows),
                attended.top(rows),
                middle.top(rows),
                inverse2.top(rows),
                gate.top(rows),
                up.top(rows),
                cut);
    }
}
