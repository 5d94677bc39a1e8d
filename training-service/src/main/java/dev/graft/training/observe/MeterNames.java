package dev.graft.training.observe;

/** What is measured, by its name in Micrometer; Prometheus writes underscores, and adds {@code _total} and {@code _seconds}. */
public final class MeterNames {
    /** Jobs that are known, by {@code status}: the same on each instance. */
    public static final String JOBS = "graft.training.jobs";

    /** Steps that this instance did. */
    public static final String STEPS = "graft.training.steps";
    /** Tokens of the examples in them. */
    public static final String TOKENS = "graft.training.tokens";
    /** Of the newest steps here; no number before the first. */
    public static final String TOKENS_PER_SECOND = "graft.training.tokens.per.second";
    /** Mean over the learned tokens of the newest step here, nats. */
    public static final String LOSS = "graft.training.loss";
    /** The newest measurement on validation examples here, nats. */
    public static final String VALIDATION_LOSS = "graft.training.validation.loss";
    /** Of the newest step here. */
    public static final String LEARNING_RATE = "graft.training.learning.rate";
    /** Of the newest step here, before clipping. */
    public static final String GRADIENT_NORM = "graft.training.gradient.norm";
    /** To write a checkpoint and have it safe, seconds. */
    public static final String CHECKPOINT_TIME = "graft.training.checkpoint.time";
    /** Bytes that this process has in memory. */
    public static final String MEMORY = "graft.training.memory.bytes";
    /** Bytes that the newest job was expected to bring it to; 0 before the first. */
    public static final String MEMORY_EXPECTED = "graft.training.memory.expected.bytes";

    private MeterNames() {}
}
