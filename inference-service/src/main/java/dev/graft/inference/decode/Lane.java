package dev.graft.inference.decode;

import dev.graft.inference.schedule.Sequence;

/** One sequence of a job, as the decode loop drives it. */
interface Lane {
    Sequence sequence();

    /** Puts the next {@code count} pending tokens into the batch, and says who reads the rows. */
    void fill(StepBatch batch, int count);
}
