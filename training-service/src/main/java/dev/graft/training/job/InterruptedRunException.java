package dev.graft.training.job;

/** A run ends before its adapter is registered, in the midst of something. */
final class InterruptedRunException extends RuntimeException {
    private final Interruption why;

    InterruptedRunException(Interruption why) {
        super(why.name(), null, false, false);
        this.why = why;
    }

    Interruption why() {
        return why;
    }
}
