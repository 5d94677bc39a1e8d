package dev.graft.training.dataset;

/** A line that is no example. */
final class RowException extends Exception {
    private final String code;

    RowException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Short, stable, in snake case. */
    String code() {
        return code;
    }
}
