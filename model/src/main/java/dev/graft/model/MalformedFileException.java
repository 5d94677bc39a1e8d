package dev.graft.model;

/** A file that is not what it should be: names the field at fault, the value found there, and what would be right. */
public abstract class MalformedFileException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST_VALUE = 120;

    private final String field;
    private final String value;
    private final String remedy;

    protected MalformedFileException(String field, Object value, String remedy) {
        String found = shortened(String.valueOf(value));
        super(field + " = " + found + ": " + remedy);
        this.field = field;
        this.value = found;
        this.remedy = remedy;
    }

    /** Path of the field at fault, such as {@code tensors[3].offset} or a metadata key. */
    public String field() {
        return field;
    }

    /** What was found there, shortened to something printable. */
    public String value() {
        return value;
    }

    /** What would be right. */
    public String remedy() {
        return remedy;
    }

    private static String shortened(String value) {
        boolean fits = value.length() <= LONGEST_VALUE;
        String shown = fits ? value : value.substring(0, LONGEST_VALUE) + "…";
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
