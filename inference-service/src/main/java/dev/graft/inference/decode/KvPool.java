package dev.graft.inference.decode;

import dev.graft.inference.prefix.PrefixCache;
import dev.graft.inference.prefix.SequenceNumbers;

/**
 * Who may use how many KV cells and sequence numbers. A request reserves the most that it can come to need before it begins, so that none runs out
 * in the middle; cached prefixes use what is left and go when it is needed.
 */
final class KvPool {
    private final int cells;
    private final SequenceNumbers numbers;
    private final PrefixCache prefixes;
    private int reserved;

    KvPool(int cells, SequenceNumbers numbers, PrefixCache prefixes) {
        this.cells = cells;
        this.numbers = numbers;
        this.prefixes = prefixes;
    }

    /** Reserves cells, and makes sure that as many sequence numbers are free; false when it must wait for others to end. */
    boolean reserve(int wantedCells, int wantedNumbers) {
        while (reserved + wantedCells + prefixes.cells() > cells || numbers.free() < wantedNumbers) {
            if (!prefixes.evictOne()) {
                return false;
            }
        }
        reserved += wantedCells;
        return true;
    }

    void giveBack(int reservedCells) {
        reserved -= reservedCells;
        if (reserved < 0) {
            throw new IllegalStateException("more cells given back than were reserved");
        }
    }

    /** Cells in use or reserved. */
    int used() {
        return reserved + prefixes.cells();
    }

    int cells() {
        return cells;
    }
}
