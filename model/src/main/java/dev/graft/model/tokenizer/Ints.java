package dev.graft.model.tokenizer;

import java.util.Arrays;

/** A growing list of ints. */
final class Ints {
    private int[] values;
    private int size;

    Ints(int expected) {
        values = new int[Math.max(16, expected)];
    }

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
