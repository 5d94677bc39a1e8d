package dev.graft.prompt.template;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;

/** Which version of a template is meant: {@code name}, {@code name@version} or {@code name@label}. */
public sealed interface TemplateRef {
    String name();

    /** The label {@code production}, or, where that is not set, the newest version. */
    record Current(String name) implements TemplateRef {}

    record Version(String name, int version) implements TemplateRef {}

    record Labelled(String name, String label) implements TemplateRef {}

    /** @throws FaultException {@code template_ref} where the text is no such reference */
    static TemplateRef parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            return new Current(Names.template(text));
        }
        String name = Names.template(text.substring(0, at));
        String which = text.substring(at + 1);
        if (!which.isEmpty() && which.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return new Version(name, version(text, which));
        }
        return new Labelled(name, Names.label(which));
    }

    private static int version(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new FaultException(
                    Fault.input("template_ref", "template", text, "must be name, name@version or name@label"), e);
        }
    }
}
