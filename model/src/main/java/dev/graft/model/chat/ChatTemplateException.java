package dev.graft.model.chat;

/** A chat template that can't be read, or that refuses a conversation; the message is the template's own where it raised the error itself. */
public final class ChatTemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }

    public ChatTemplateException(String message) {
        super(message);
    }
}
