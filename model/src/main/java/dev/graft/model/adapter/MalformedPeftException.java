package dev.graft.model.adapter;

import dev.graft.model.MalformedFileException;

/** A PEFT folder that can't be imported, or an adapter that can't be exported: names the file and field at fault, what was found, what would be right. */
public final class MalformedPeftException extends MalformedFileException {
    private static final long serialVersionUID = 1L;

    public MalformedPeftException(String field, Object value, String remedy) {
        super(field, value, remedy);
    }
}
