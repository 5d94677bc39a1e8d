package dev.graft.contracts;

/** Which generation of an adapter is meant: {@code name}, {@code name@generation} or {@code name@label}. */
public sealed interface AdapterSelector {
    /** The adapter's name. */
    String name();

    /** The live one, or the candidate for its share of traffic. */
    record Current(String name) implements AdapterSelector {}

    /** This one. */
    record Numbered(String name, int generation) implements AdapterSelector {}

    /** The one that this label stands at. */
    record Labelled(String name, String label) implements AdapterSelector {}

    /**
     * @param field what the sender calls the text
     * @throws FaultException {@code invalid_adapter} where the text is no such selector
     */
    static AdapterSelector parse(String field, String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return new Current(AdapterNames.name(field, text));
        }
        String name = AdapterNames.name(field, text.substring(0, at));
        String which = text.substring(at + 1);
        if (which.isEmpty() || which.charAt(0) < '0' || which.charAt(0) > '9') {
            return new Labelled(name, AdapterNames.label(field, which));
        }
        return new Numbered(name, number(field, text, which));
    }

    private static int number(String field, String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw AdapterNames.invalid(field, text, "must be name, name@generation or name@label");
        }
    }
}
