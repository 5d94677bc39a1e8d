package dev.graft.model.adapter;

import dev.graft.model.gguf.GgufType;
import java.util.List;

/**
 * What a safetensors file says of one tensor.
 *
 * @param name such as {@code base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight}
 * @param type how its elements are stored
 * @param shape elements by dimension, the slowest first: a weight is {@code [outputs, inputs]}
 * @param begin bytes from the start of the data to its own
 * @param end bytes from the start of the data to what follows
 */
record SafeTensor(String name, GgufType type, List<Long> shape, long begin, long end) {
    SafeTensor {
        shape = List.copyOf(shape);
    }

    int bytes() {
        return Math.toIntExact(end - begin);
    }
}
