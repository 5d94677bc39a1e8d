package dev.graft.prompt.template;

import com.google.re2j.Pattern;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.util.Set;

/** How templates, labels and variables may be called. */
final class Names {
    private static final Pattern TEMPLATE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9._-]{0,49}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,99}");
    private static final Set<String> WORDS_OF_JINJA = Set.of(
            "loop",
            "range",
            "namespace",
            "true",
            "false",
            "none",
            "null",
            "True",
            "False",
            "None",
            "and",
            "or",
            "not",
            "in",
            "is",
            "if",
            "else",
            "empty",
            "div",
            "mod",
            "eq",
            "ne",
            "lt",
            "gt",
            "le",
            "ge",
            "instanceof");

    static String template(String name) {
        return matching(TEMPLATE, "name", name, "must be lower-case letters, digits and . _ - (at most 100)");
    }

    static String label(String label) {
        return matching(
                LABEL,
                "label",
                label,
                "must begin with a lower-case letter, then letters, digits and . _ - (at most 50)");
    }

    static String variable(String name) {
        if (WORDS_OF_JINJA.contains(name)) {
            throw new FaultException(Fault.input(
                    "name_invalid", "variables", name, "is a word of the template language: choose another name"));
        }
        return matching(
                VARIABLE, "variables", name, "must begin with a letter, then letters, digits and _ (at most 100)");
    }

    private static String matching(Pattern pattern, String field, String name, String remedy) {
        if (!pattern.matches(name)) {
            throw new FaultException(Fault.input("name_invalid", field, name, remedy));
        }
        return name;
    }

    private Names() {}
}
