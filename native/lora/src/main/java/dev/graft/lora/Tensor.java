package dev.graft.lora;

import java.lang.foreign.MemorySegment;

/**
 * A dense matrix of single precision, row-major, in memory of the device that made it: only {@link Kernels} may look inside.
 *
 * @param data {@code rows * columns} floats
 */
public record Tensor(MemorySegment data, int rows, int columns) {
    public Tensor {
        if (rows < 0 || columns < 1 || data.byteSize() < (long) rows * columns * Float.BYTES) {
            throw new IllegalArgumentException(
                    rows + " x " + columns + " floats do not fit into " + data.byteSize() + " bytes");
        }
    }

    /** Number of elements. */
    public long elements() {
        return (long) rows * columns;
    }

    /** The first rows, in the same memory. */
    public Tensor top(int count) {
        return new Tensor(data, count, columns);
    }

    /** The same memory as rows of another length. */
    public Tensor shaped(int newRows, int newColumns) {
        return new Tensor(data, newRows, newColumns);
    }
}
