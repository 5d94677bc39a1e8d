package dev.graft.bench.row;

import dev.graft.lora.CpuKernels;

/** The rows of the training benchmark, in the order of their table. */
public enum TrainingGoal implements RowGoal {
    REVIEWS_TOKENS_PER_S(Threshold.ratio(Better.HIGHER, 4), Threshold.ratio(Better.HIGHER, 8)),
    REVIEWS_VS_RECIPE_TOKENS_PER_S(Threshold.ratio(Better.HIGHER, 9)),
    PREFIX200_EXAMPLES_PER_S(Threshold.ratio(Better.HIGHER, 12)),
    GEMM_BOUND_SHARE(Threshold.figure(Better.HIGHER, 0.6)),
    GEMM_BOUND_SHARE_BF16(Threshold.figure(Better.HIGHER, 0.35)),
    PEAK_RSS(Threshold.ratio(Better.LOWER, 0.4)),
    /** No worse; by how much chance alone may make it look worse is told by the seeds. */
    REVIEWS_ACCURACY(Threshold.ratio(Better.HIGHER, 1)),
    PEFT_LOADS_EXPORT(Threshold.figure(Better.LOWER, 1e-3)),
    LLAMA2_7B_STEP_RSS_MB(Threshold.figure(Better.LOWER, 7168)),
    SERVING_ITL_P95_WHILE_TRAINING(Threshold.ratio(Better.LOWER, 2));

    @SuppressWarnings("ImmutableEnumChecker") // a record of an enum and numbers
    private final Threshold threshold;

    @SuppressWarnings("ImmutableEnumChecker") // the same
    private final Threshold withAmx;

    TrainingGoal(Threshold threshold) {
        this(threshold, threshold);
    }

    TrainingGoal(Threshold threshold, Threshold withAmx) {
        this.threshold = threshold;
        this.withAmx = withAmx;
    }

    /** On this processor: one with AMX has more to reach. */
    @Override
    public Threshold threshold() {
        return CpuKernels.productInstructions().contains("amx") ? withAmx : threshold;
    }
}
