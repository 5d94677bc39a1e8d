package dev.graft.model.adapter;

import dev.graft.model.LlamaModelFile;

/** The weights of a layer that an adapter may change: their names in llama.cpp and in PEFT, and their shapes. */
public enum Target {
    Q("attn_q", "self_attn.q_proj"),
    K("attn_k", "self_attn.k_proj"),
    V("attn_v", "self_attn.v_proj"),
    O("attn_output", "self_attn.o_proj"),
    GATE("ffn_gate", "mlp.gate_proj"),
    UP("ffn_up", "mlp.up_proj"),
    DOWN("ffn_down", "mlp.down_proj");

    private final String weight;
    private final String module;

    Target(String weight, String module) {
        this.weight = weight;
        this.module = module;
    }

    /** llama.cpp's name of this layer's weight, such as {@code blk.0.attn_q.weight}. */
    public String tensor(int layer) {
        return "blk." + layer + "." + weight + ".weight";
    }

    /** llama.cpp's name of what is added to this layer's product, where a model has it, such as {@code blk.0.attn_q.bias}. */
    public String bias(int layer) {
        return "blk." + layer + "." + weight + ".bias";
    }

    /** Hugging Face's name of this layer's module, such as {@code model.layers.0.self_attn.q_proj}. */
    public String module(int layer) {
        return "model.layers." + layer + "." + module;
    }

    /** The last part of the module's name, such as {@code q_proj}. */
    public String shortName() {
        return module.substring(module.indexOf('.') + 1);
    }

    /** Length of what the weight is multiplied with: columns of A. */
    public int inputs(LlamaModelFile base) {
        return switch (this) {
            case Q, K, V, GATE, UP -> base.width();
            case O -> base.heads() * base.headWidth();
            case DOWN -> base.feedForward();
        };
    }

    /** Length of what comes out: rows of B. With grouped queries K and V are narrower than Q. */
    public int outputs(LlamaModelFile base) {
        return switch (this) {
            case Q -> base.heads() * base.headWidth();
            case K, V -> base.kvHeads() * base.headWidth();
            case O, DOWN -> base.width();
            case GATE, UP -> base.feedForward();
        };
    }

    /** Heads whose rows llama.cpp stores in another order than PEFT; 0 where the order is the same. */
    int permutedHeads(LlamaModelFile base) {
        return switch (this) {
            case Q -> base.heads();
            case K -> base.kvHeads();
            default -> 0;
        };
    }
}
