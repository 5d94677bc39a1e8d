package dev.graft.lora;

import dev.graft.model.gguf.GgufType;
import java.lang.foreign.MemorySegment;

/**
 * A frozen matrix of the base, as the model file stores it: never written to.
 *
 * @param data as many whole blocks as the shape takes
 * @param outputs rows
 * @param inputs columns, a multiple of the type's block
 */
public record Weight(MemorySegment data, GgufType type, int outputs, int inputs) {
    public Weight {
        long blocks = (long) outputs * inputs / type.blockElements();
        if (outputs < 1
                || inputs < 1
                || inputs % type.blockElements() != 0
                || data.byteSize() < blocks * type.blockBytes()) {
            throw new IllegalArgumentException(
                    outputs + " x " + inputs + " of " + type + " do not fit into " + data.byteSize() + " bytes");
        }
    }
}
