package dev.graft.inference.prefix;

import java.util.BitSet;

/** The sequence numbers that llama.cpp knows: each is lent to one running sequence or one cached prefix at a time. */
public final class SequenceNumbers {
    private final int count;
    private final BitSet taken = new BitSet();

    /** @param count numbers from 0 to below this */
    public SequenceNumbers(int count) {
        this.count = count;
    }

    public int free() {
        return count - taken.cardinality();
    }

    /** @throws IllegalStateException when none is free: ask {@link #free} first */
    public int take() {
        int number = taken.nextClearBit(0);
        if (number >= count) {
            throw new IllegalStateException("all " + count + " sequence numbers are taken");
        }
        taken.set(number);
        return number;
    }

    public void giveBack(int number) {
        if (!taken.get(number)) {
            throw new IllegalStateException("sequence number " + number + " was not taken");
        }
        taken.clear(number);
    }
}
