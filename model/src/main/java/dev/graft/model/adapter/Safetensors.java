package dev.graft.model.adapter;

import java.util.List;

/**
 * The header of a safetensors file, checked.
 *
 * @param header its JSON as it stands in the file, padding included
 * @param tensors in the order of their data, which lie one after the other without gap or overlap
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
record Safetensors(String header, List<SafeTensor> tensors) {
    static final String FILE = "adapter_model.safetensors";

    Safetensors {
        tensors = List.copyOf(tensors);
    }

    /** Bytes of all tensors together. */
    long dataBytes() {
        return tensors.isEmpty() ? 0 : tensors.getLast().end();
    }
}
