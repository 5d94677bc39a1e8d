package dev.graft.model.gguf;

import java.util.List;

/**
 * What a GGUF file says of one tensor.
 *
 * @param name such as {@code blk.0.attn_q.weight}
 * @param shape elements by dimension, the fastest first: a weight is {@code [inputs, outputs]}
 * @param type how its elements are stored
 * @param offset bytes from the file's start to its data
 * @param bytes size of its data
 */
public record TensorInfo(String name, List<Long> shape, GgufType type, long offset, long bytes) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public long elements() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }
}
