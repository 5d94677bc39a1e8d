package dev.graft.cli;

/** The {@code graft} command. */
public final class Graft {
    private Graft() {}
}
