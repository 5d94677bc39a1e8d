package dev.graft.inference.prefix;

/** The KV cache's cells: each belongs to any number of sequences and is free when it belongs to none. */
public interface Cells {
    /** Lets sequence {@code to} have {@code from}'s cells at the positions {@code [begin, end)} as well. */
    void share(int from, int to, int begin, int end);

    /** Takes the cells at the positions {@code [begin, end)} from the sequence. */
    void release(int sequence, int begin, int end);

    /** Takes all its cells from the sequence. */
    void release(int sequence);
}
