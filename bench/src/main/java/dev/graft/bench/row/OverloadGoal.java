package dev.graft.bench.row;

/** The row of the overload benchmark. */
public enum OverloadGoal implements RowGoal {
    OVERLOAD_GOODPUT(Threshold.ratio(Better.HIGHER, 0.9));

    @SuppressWarnings("ImmutableEnumChecker") // a record of an enum and numbers
    private final Threshold threshold;

    OverloadGoal(Threshold threshold) {
        this.threshold = threshold;
    }

    @Override
    public Threshold threshold() {
        return threshold;
    }
}
