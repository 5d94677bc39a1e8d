package dev.graft.prompt.dispatch;

/** Which way a request came in. */
public enum Door {
    HTTP,
    KAFKA
}
