package dev.graft.lora;

/** Refuses tensors of another shape than a kernel takes. */
final class Shapes {
    private Shapes() {}

    static void same(String name, Tensor tensor, int rows, int columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new IllegalArgumentException(
                    name + " is " + tensor.rows() + " x " + tensor.columns() + ", must be " + rows + " x " + columns);
        }
    }

    static void alike(String name, Tensor tensor, Tensor other) {
        same(name, tensor, other.rows(), other.columns());
    }

    static void count(String name, int found, int right) {
        if (found != right) {
            throw new IllegalArgumentException(found + " " + name + ", must be " + right);
        }
    }
}
