package dev.graft.training.dataset;

/** What a {@link Finding} means for the training. */
public enum Severity {
    /** It is refused. */
    ERROR,
    /** It goes on, and whoever asked for it is told. */
    WARNING
}
