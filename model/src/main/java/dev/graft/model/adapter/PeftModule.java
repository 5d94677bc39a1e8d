package dev.graft.model.adapter;

/**
 * What a PEFT folder has for one module.
 *
 * @param layer from 0
 * @param target which of the layer's modules
 * @param rank rows of A and columns of B
 * @param alpha the module's scale times its rank
 * @param a {@code [rank][inputs]}
 * @param b {@code [outputs][rank]}, rows in PEFT's order
 */
record PeftModule(int layer, Target target, int rank, double alpha, SafeTensor a, SafeTensor b) {
    private static final String PREFIX = "base_model.model.";

    static String nameOfA(int layer, Target target) {
        return PREFIX + target.module(layer) + ".lora_A.weight";
    }

    static String nameOfB(int layer, Target target) {
        return PREFIX + target.module(layer) + ".lora_B.weight";
    }
}
