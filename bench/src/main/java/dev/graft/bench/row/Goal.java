package dev.graft.bench.row;

/** The rows of the serving benchmark, in the order of their table. */
public enum Goal implements RowGoal {
    C1_TOKENS_PER_S(Threshold.ratio(Better.HIGHER, 1.0)),
    C1_TTFT(Threshold.ratio(Better.LOWER, 1.0)),
    C8_TOKENS_PER_S(Threshold.ratio(Better.HIGHER, 1.2)),
    C8_TTFT_P50(Threshold.ratio(Better.LOWER, 0.5)),
    C8_ITL_P95(Threshold.ratio(Better.LOWER, 0.9)),
    C8_SHARED_PREFIX_REQUESTS_PER_S(Threshold.ratio(Better.HIGHER, 5)),
    C8_CLASSIFY_REQUESTS_PER_S(Threshold.ratio(Better.HIGHER, 8)),
    C32_MIXED_ITL_P95(Threshold.ratio(Better.LOWER, 0.5)),
    BUSY_TOKENS_PER_S(Threshold.ratio(Better.HIGHER, 5)),
    KAFKA_OVERHEAD_P50_MS(Threshold.figure(Better.LOWER, 6)),
    KAFKA_OVERHEAD_P99_MS(Threshold.figure(Better.LOWER, 20)),
    READY_MS(Threshold.figure(Better.LOWER, 4000)),
    OVERHEAD_MB(Threshold.figure(Better.LOWER, 400));

    @SuppressWarnings("ImmutableEnumChecker") // a record of an enum and numbers
    private final Threshold threshold;

    Goal(Threshold threshold) {
        this.threshold = threshold;
    }

    @Override
    public Threshold threshold() {
        return threshold;
    }
}
