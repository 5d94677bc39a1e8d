package dev.graft.lora;

/** A kernel refused its input or could not run. */
public final class KernelException extends RuntimeException {
    public KernelException(String message) {
        super(message);
    }

    public KernelException(String message, Throwable cause) {
        super(message, cause);
    }
}
