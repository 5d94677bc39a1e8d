package dev.graft.model.gguf;

import dev.graft.model.MalformedFileException;

/** A file that is not the GGUF file it should be: names the field at fault, the value found there, and what would be right. */
public final class MalformedGgufException extends MalformedFileException {
    private static final long serialVersionUID = 1L;

    public MalformedGgufException(String field, Object value, String remedy) {
        super(field, value, remedy);
    }
}
