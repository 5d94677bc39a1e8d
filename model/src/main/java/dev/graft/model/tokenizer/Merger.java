package dev.graft.model.tokenizer;

import java.util.Arrays;

/**
 * Merges neighbouring symbols, the lowest rank first and of equal ranks the leftmost, until no pair is left that merges: byte-pair
 * encoding, and SentencePiece's merging by score as well. Time is n log n in the symbols. Used by one thread.
 */
final class Merger {
    private static final int SHORT = 24; // below, looking through all pairs each time beats a heap
    private static final int DEAD = -1;

    private final PairTable pairs;
    private long[] heap = new long[0];
    private int heapSize;
    private long[] pending = new long[0];
    private int[] next = new int[0];
    private int[] previous = new int[0];
    private int end;

    Merger(PairTable pairs) {
        this.pairs = pairs;
    }

    /** Merges the first {@code count} symbols in place and returns how many are left. */
    int merge(int[] symbols, int count) {
        return count <= SHORT ? mergeShort(symbols, count) : mergeLong(symbols, count);
    }

    int mergeShort(int[] symbols, int count) {
        int left = count;
        while (left > 1) {
            long best = PairTable.NONE;
            int at = 0;
            for (int i = 0; i + 1 < left; i++) {
                long merge = pairs.find(symbols[i], symbols[i + 1]);
                if (merge != PairTable.NONE
                        && (best == PairTable.NONE || PairTable.rank(merge) < PairTable.rank(best))) {
                    best = merge;
                    at = i;
                }
            }
            if (best == PairTable.NONE) {
                return left;
            }
            symbols[at] = PairTable.result(best);
            System.arraycopy(symbols, at + 2, symbols, at + 1, left - at - 2);
            left--;
        }
        return left;
    }

    int mergeLong(int[] symbols, int count) {
        start(count);
        for (int i = 0; i + 1 < count; i++) {
            propose(symbols, i);
        }
        while (heapSize > 0) {
            long top = pop();
            int at = (int) top;
            if (symbols[at] != DEAD && pending[at] != PairTable.NONE && PairTable.rank(pending[at]) == top >>> 32) {
                mergeAt(symbols, at);
            }
        }
        int left = 0;
        for (int i = 0; i < count; i = next[i]) {
            symbols[left++] = symbols[i];
        }
        return left;
    }

    private void start(int count) {
        if (next.length < count) {
            next = new int[count];
            previous = new int[count];
            pending = new long[count];
            heap = new long[count];
        }
        heapSize = 0;
        for (int i = 0; i < count; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
        }
        pending[count - 1] = PairTable.NONE;
        end = count;
    }

    private void mergeAt(int[] symbols, int at) {
        int gone = next[at];
        symbols[at] = PairTable.result(pending[at]);
        symbols[gone] = DEAD;
        next[at] = next[gone];
        if (next[at] < end) {
            previous[next[at]] = at;
        }
        propose(symbols, at);
        if (previous[at] >= 0) {
            propose(symbols, previous[at]);
        }
    }

    private void propose(int[] symbols, int at) {
        pending[at] = next[at] < end ? pairs.find(symbols[at], symbols[next[at]]) : PairTable.NONE;
        if (pending[at] != PairTable.NONE) {
            push((long) PairTable.rank(pending[at]) << 32 | at);
        }
    }

    private void push(long value) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(16, heap.length * 2));
        }
        int child = heapSize++;
        while (child > 0) {
            int parent = (child - 1) >>> 1;
            if (heap[parent] <= value) {
                break;
            }
            heap[child] = heap[parent];
            child = parent;
        }
        heap[child] = value;
    }

    private long pop() {
        long top = heap[0];
        long last = heap[--heapSize];
        int parent = 0;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (last <= heap[child]) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
        }
        heap[parent] = last;
        return top;
    }
}
