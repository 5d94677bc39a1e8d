package dev.graft.bench.row;

/** The rows of the adapters' benchmark, in the order of their table. */
public enum AdapterGoal implements RowGoal {
    MIXED8_QV_STEP(Threshold.ratio(Better.LOWER, 1.05)),
    MIXED8_ALL_STEP(Threshold.ratio(Better.LOWER, 1.10)),
    MIXED8_ALL_Q8_STEP(Threshold.ratio(Better.LOWER, 1.10)),
    MIXED32_QV_STEP(Threshold.ratio(Better.LOWER, 1.10)),
    BASE_ONLY_STEP(Threshold.ratio(Better.LOWER, 1.01)),
    C8_ADAPTERS_TOKENS_PER_S(Threshold.ratio(Better.HIGHER, 3)),
    ZIPF64_REQUESTS_PER_S(Threshold.ratio(Better.HIGHER, 0.8)),
    REGISTERED_TO_SERVED_P95_MS(Threshold.figure(Better.LOWER, 1000)),
    ITL_P95_WHILE_LOADING(Threshold.ratio(Better.LOWER, 1.2));

    @SuppressWarnings("ImmutableEnumChecker") // a record of an enum and numbers
    private final Threshold threshold;

    AdapterGoal(Threshold threshold) {
        this.threshold = threshold;
    }

    @Override
    public Threshold threshold() {
        return threshold;
    }
}
