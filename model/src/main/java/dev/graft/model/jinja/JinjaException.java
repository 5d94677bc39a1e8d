package dev.graft.model.jinja;

/** A template that can't be read or rendered; the message says why, in the template's own words where it raised the error itself. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public JinjaException(String message) {
        super(message);
    }
}
