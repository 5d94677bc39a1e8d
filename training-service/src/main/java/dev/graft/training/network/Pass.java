package dev.graft.training.network;

/**
 * One run over a packed batch.
 *
 * @param dropout share of A's inputs that is left out; 0 when nothing is learned
 * @param seed of the dropout
 * @param stream of the dropout: another for each run of a training, the same for a run's way forward, back, and forward again
 */
record Pass(PackedBatch batch, double dropout, long seed, long stream) {
    private static final int PAIR_BITS = 12;

    static Pass evaluating(PackedBatch batch) {
        return new Pass(batch, 0, 0, 0);
    }

    /** Stream of one pair's dropout. */
    long stream(LoraPair pair) {
        return stream << PAIR_BITS | LoraPair.number(pair.layer(), pair.target());
    }
}
