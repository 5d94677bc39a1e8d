package dev.graft.contracts;

import java.util.regex.Pattern;

/**
 * How adapters and their labels may be called: each name is safe as a file's name, as a part of a URL and as an OpenAI model's name, and leaves
 * {@code @} to tell which generation is meant.
 */
public final class AdapterNames {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9._-]{0,49}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** @throws FaultException {@code invalid_adapter} where no adapter may be called so */
    public static String name(String field, String name) {
        return matching(
                NAME, field, name, "must begin with a letter or digit, then letters, digits and . _ - (at most 100)");
    }

    /** @throws FaultException {@code invalid_adapter} where no label may be called so */
    public static String label(String field, String label) {
        return matching(
                LABEL,
                field,
                label,
                "must begin with a lower-case letter, then lower-case letters, digits and . _ - (at most 50)");
    }

    /** @throws FaultException {@code invalid_adapter} where it is no SHA-256 */
    public static String sha256(String field, String sha256) {
        return matching(SHA256, field, sha256, "must be a SHA-256: 64 lower-case hexadecimal digits");
    }

    static FaultException invalid(String field, Object value, String remedy) {
        return new FaultException(Fault.input("invalid_adapter", field, value, remedy));
    }

    private static String matching(Pattern pattern, String field, String text, String remedy) {
        if (!pattern.matcher(text).matches()) {
            throw invalid(field, text, remedy);
        }
        return text;
    }

    private AdapterNames() {}
}
