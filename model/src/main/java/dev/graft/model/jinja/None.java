package dev.graft.model.jinja;

/** Python's {@code None}. */
public enum None {
    NONE
}
