package dev.graft.model.tokenizer;

import java.util.Arrays;

/** Which two neighbouring symbols merge, to what, and how early: an open hash table from pairs of symbols, without boxing. */
final class PairTable {
    static final long NONE = -1;
    private static final long EMPTY = -1;
    private static final long SPREAD = 0x9E3779B97F4A7C15L; // 2^64 over the golden ratio: Fibonacci hashing (Knuth 6.4)

    private long[] keys;
    private long[] values;
    private int size;

    PairTable(int expected) {
        int capacity = Integer.highestOneBit(Math.max(16, expected)) * 4;
        keys = new long[capacity];
        values = new long[capacity];
        Arrays.fill(keys, EMPTY);
    }

    /** Adds a merge unless the pair has one already: the first is the one that counts. */
    void add(int left, int right, int rank, int result) {
        if (size * 2 >= keys.length) {
            grow();
        }
        long key = key(left, right);
        int slot = slot(key);
        if (keys[slot] == EMPTY) {
            keys[slot] = key;
            values[slot] = (long) rank << 32 | result;
            size++;
        }
    }

    /** Rank in the upper half, resulting symbol in the lower; {@link #NONE} where the two do not merge. */
    long find(int left, int right) {
        int slot = slot(key(left, right));
        return keys[slot] == EMPTY ? NONE : values[slot];
    }

    static int rank(long merge) {
        return (int) (merge >>> 32);
    }

    static int result(long merge) {
        return (int) merge;
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) ((key * SPREAD) >>> 32) & mask;
        while (keys[slot] != EMPTY && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new long[keys.length];
        Arrays.fill(keys, EMPTY);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != EMPTY) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
