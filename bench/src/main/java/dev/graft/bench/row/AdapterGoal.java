package dev.graft.bench.row;

/** The rows of the adapters' benchmark, in the order of their table. */
public enum AdapterGoal implements RowGoal {
    MIXED8_QV_STEP(Better.LOWER, 1.05, true),
    MIXED8_ALL_STEP(Better.LOWER, 1.10, true),
    MIXED32_QV_STEP(Better.LOWER, 1.10, true),
    BASE_ONLY_STEP(Better.LOWER, 1.01, true),
    C8_ADAPTERS_TOKENS_PER_S(Better.HIGHER, 3, true),
    ZIPF64_REQUESTS_PER_S(Better.HIGHER, 0.8, true),
    REGISTERED_TO_SERVED_P95_MS(Better.LOWER, 1000, false),
    ITL_P95_WHILE_LOADING(Better.LOWER, 1.2, true);

    private final Better better;
    private final double goal;
    private final boolean peer;

    AdapterGoal(Better better, double goal, boolean peer) {
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
