package dev.graft.model.adapter;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The ways in which one PEFT configuration names modules. Python's regular expressions are run by RE2, in time that grows with the text only:
 * what it doesn't know (looking ahead or behind, references back) is refused, and so is what would take it long.
 */
final class ModulePatterns {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.]+");
    private static final Pattern COUNTS = Pattern.compile("\\{(\\d*),?(\\d*)\\}");
    private static final int LARGEST = 4_000;
    private static final int MOST_GROUPS = 100; // RE2 reads a group in a group by recursion
    private static final int MOST_EXPRESSIONS = 16;

    private int expressions;

    /** A list of names: each of a module, or of its last parts. */
    static Predicate<String> listed(Set<String> names) {
        return module -> {
            String ending = module;
            while (!names.contains(ending)) {
                int dot = ending.indexOf('.');
                if (dot < 0) {
                    return false;
                }
                ending = ending.substring(dot + 1);
            }
            return true;
        };
    }

    /** A text in place of a list: {@code re.fullmatch(expression, module)}. */
    Predicate<String> whole(String field, String expression) {
        Pattern pattern = compiled(field, expression, expression);
        return pattern::matches;
    }

    /** A key of {@code rank_pattern} or {@code alpha_pattern}: {@code re.match(rf"(.*\.)?({key})$", module)}. */
    Predicate<String> key(String field, String key) {
        if (PLAIN.matches(key)) {
            return module -> endsAlike(module, key);
        }
        Pattern pattern = compiled(field, key, "(.*\\.)?(" + key + ")$");
        return module -> pattern.matcher(module).lookingAt();
    }

    /** The same for a key whose only special character is the dot, which stands for any character. */
    private static boolean endsAlike(String module, String key) {
        int from = module.length() - key.length();
        if (from < 0 || (from > 0 && module.charAt(from - 1) != '.')) {
            return false;
        }
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) != '.' && key.charAt(i) != module.charAt(from + i)) {
                return false;
            }
        }
        return true;
    }

    private Pattern compiled(String field, String expression, String wrapped) {
        if (++expressions > MOST_EXPRESSIONS) {
            throw new MalformedPeftException(
                    field,
                    expression,
                    "at most " + MOST_EXPRESSIONS + " regular expressions are read: name the modules");
        }
        boolean large = expression.length() * repeats(expression) > LARGEST
                || expression.chars().filter(letter -> letter == '(').count() > MOST_GROUPS;
        if (large) {
            throw new MalformedPeftException(
                    field,
                    expression,
                    "too large: at most %d letters, with all repetitions written out, and %d groups"
                            .formatted(LARGEST, MOST_GROUPS));
        }
        try {
            return Pattern.compile(wrapped);
        } catch (PatternSyntaxException e) {
            throw new MalformedPeftException(
                    field,
                    expression,
                    e.getDescription() + ": name the modules, or write a simpler regular expression");
        }
    }

    /** How often a part may stand there once counted repetitions are written out, at most. */
    private static long repeats(String expression) {
        long product = 1;
        Matcher counts = COUNTS.matcher(expression);
        while (counts.find() && product <= LARGEST) {
            product *= Math.max(1, Math.max(number(counts.group(1)), number(counts.group(2))));
        }
        return product;
    }

    private static long number(String digits) {
        return digits.isEmpty() ? 0 : digits.length() > 4 ? LARGEST + 1 : Long.parseLong(digits);
    }
}
