package dev.graft.training.network;

import dev.graft.lora.Kernels;
import dev.graft.lora.Tensor;
import dev.graft.model.adapter.Target;
import java.util.EnumMap;
import java.util.Map;

/** What a layer of the base adds to its products, the same for each row; most models of the architecture have none. It is frozen, and has no backward. */
final class Biases {
    private final Kernels kernels;
    private final Map<Target, Tensor> biases = new EnumMap<>(Target.class);
    private final Tensor ones;

    /**
     * @param ones [rows][1], all 1
     */
    Biases(Kernels kernels, BaseModel base, int layer, Tensor ones) {
        this.kernels = kernels;
        this.ones = ones;
        for (Target target : Target.values()) {
            base.bias(kernels, layer, target).ifPresent(bias -> biases.put(target, bias));
        }
    }

    /** y [rows][outputs] += the target's, where it has one. */
    void add(Target target, Tensor y) {
        Tensor bias = biases.get(target);
        if (bias != null) {
            kernels.product(ones.top(y.rows()), false, bias, false, y, true);
        }
    }
}
