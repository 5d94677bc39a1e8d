package dev.graft.llama;

/** llama.cpp refused or failed; the message names the call, what it was given and what may help. */
public final class LlamaException extends RuntimeException {
    public LlamaException(String message) {
        super(message);
    }

    public LlamaException(String message, Throwable cause) {
        super(message, cause);
    }
}
