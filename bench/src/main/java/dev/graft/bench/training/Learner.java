package dev.graft.bench.training;

import dev.graft.training.dataset.TokenizedExample;
import java.io.IOException;
import java.util.List;

/** One side: a process that trains. */
interface Learner extends AutoCloseable {
    /** Begins a training anew, in the same process. */
    void open(Setup setup) throws IOException;

    /**
     * Does the next steps.
     *
     * @return the seconds that they took
     */
    double train(int steps) throws IOException;

    /** Sum of ln p over each example's learned tokens. */
    double[] score(List<TokenizedExample> examples) throws IOException;

    /** The most memory, in MB (2^20), that was resident so far. */
    double peakRssMb() throws IOException;

    @Override
    void close();
}
