package dev.graft.bench.row;

/** The rows of the serving benchmark, in the order of their table. */
public enum Goal implements RowGoal {
    C1_TOKENS_PER_S(Better.HIGHER, 1.0, true),
    C1_TTFT(Better.LOWER, 1.0, true),
    C8_TOKENS_PER_S(Better.HIGHER, 1.2, true),
    C8_TTFT_P50(Better.LOWER, 0.5, true),
    C8_ITL_P95(Better.LOWER, 0.9, true),
    C8_SHARED_PREFIX_REQUESTS_PER_S(Better.HIGHER, 5, true),
    C8_CLASSIFY_REQUESTS_PER_S(Better.HIGHER, 8, true),
    C32_MIXED_ITL_P95(Better.LOWER, 0.5, true),
    BUSY_TOKENS_PER_S(Better.HIGHER, 5, true),
    KAFKA_OVERHEAD_P50_MS(Better.LOWER, 6, false),
    KAFKA_OVERHEAD_P99_MS(Better.LOWER, 20, false),
    READY_MS(Better.LOWER, 4000, false),
    OVERHEAD_MB(Better.LOWER, 400, false);

    private final Better better;
    private final double goal;
    private final boolean peer;

    Goal(Better better, double goal, boolean peer) {
        this.better = better;
        this.goal = goal;
        this.peer = peer;
    }

    @Override
    public Better better() {
        return better;
    }

    @Override
    public double goal() {
        return goal;
    }

    @Override
    public boolean hasPeer() {
        return peer;
    }
}
