package dev.graft.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What Python's strings can do, keeping where each character came from. */
final class Strings {
    private Strings() {}

    static Text lower(Text text) {
        return text.changedTo(text.value().toLowerCase(Locale.ROOT));
    }

    static Text upper(Text text) {
        return text.changedTo(text.value().toUpperCase(Locale.ROOT));
    }

    static Text capitalized(Text text) {
        if (text.length() == 0) {
            return text;
        }
        int first = text.value().offsetByCodePoints(0, 1);
        return upper(text.slice(0, first)).plus(lower(text.slice(first, text.length())));
    }

    static Text titled(Text text) {
        var title = new StringBuilder(text.value().toLowerCase(Locale.ROOT));
        boolean inWord = false;
        for (int i = 0; i < title.length(); i++) {
            boolean letter = Character.isLetter(title.charAt(i));
            if (letter && !inWord) {
                title.setCharAt(i, Character.toTitleCase(title.charAt(i)));
            }
            inWord = letter;
        }
        return text.changedTo(title.toString());
    }

    /** At most {@code most} replacements, all where it is negative. */
    static Text replaced(Text text, Text old, Text fresh, long most) {
        if (old.length() == 0) {
            throw new JinjaException("replace needs a text to look for");
        }
        var out = new TextBuilder();
        int rest = 0;
        long done = 0;
        for (int at = text.value().indexOf(old.value());
                at >= 0 && done != most;
                at = text.value().indexOf(old.value(), rest)) {
            out.add(text.slice(rest, at)).add(fresh);
            rest = at + old.length();
            done++;
        }
        return out.add(text.slice(rest, text.length())).text();
    }

    /** At most {@code most} cuts from the left, all where it is negative. */
    static List<Object> split(Text text, Text separator, long most) {
        if (separator.length() == 0) {
            throw new JinjaException("empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int rest = 0;
        for (int at = text.value().indexOf(separator.value());
                at >= 0 && parts.size() != most;
                at = text.value().indexOf(separator.value(), rest)) {
            parts.add(text.slice(rest, at));
            rest = at + separator.length();
        }
        parts.add(text.slice(rest, text.length()));
        return parts;
    }

    /** At most {@code most} cuts from the right. */
    static List<Object> splitFromRight(Text text, Text separator, long most) {
        List<Object> parts = split(text, separator, -1);
        if (most < 0 || parts.size() <= most + 1) {
            return parts;
        }
        int joined = (int) (parts.size() - most);
        List<Object> kept = new ArrayList<>(parts.subList(joined, parts.size()));
        kept.addFirst(joined(parts.subList(0, joined), separator));
        return kept;
    }

    /** Words between white space. */
    static List<Object> words(Text text) {
        List<Object> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean space =
                    i == text.length() || Text.isPythonSpace(text.value().charAt(i));
            if (!space && start < 0) {
                start = i;
            } else if (space && start >= 0) {
                words.add(text.slice(start, i));
                start = -1;
            }
        }
        return words;
    }

    static List<Object> lines(Text text) {
        List<Object> lines = split(text, Text.own("\n"), -1);
        if (lines.getLast() instanceof Text last && last.length() == 0) {
            lines.removeLast();
        }
        return lines;
    }

    static Text joined(List<?> items, Text separator) {
        var out = new TextBuilder();
        Text between = Text.EMPTY;
        for (Object item : items) {
            out.add(between).add(Values.text(item));
            between = separator;
        }
        return out.text();
    }

    /** {@code str.format} with nothing but {@code {}} in it. */
    static Text formatted(Text pattern, List<Object> values) {
        List<Object> parts = split(pattern, Text.own("{}"), -1);
        if (parts.size() - 1 > values.size()) {
            throw new JinjaException("Replacement index " + values.size() + " out of range for positional args tuple");
        }
        var out = new TextBuilder();
        for (int i = 0; i < parts.size(); i++) {
            out.add(i == 0 ? Text.EMPTY : Values.text(values.get(i - 1))).add((Text) parts.get(i));
        }
        Text text = out.text();
        if (pattern.value().replace("{}", "").matches("(?s).*[{}].*")) {
            throw new JinjaException("format knows only {} in '" + pattern + "'");
        }
        return text;
    }

    static Text indented(Text text, Text blanks, boolean first, boolean empty) {
        var out = new TextBuilder();
        boolean begin = true;
        for (Object line : split(text, Text.own("\n"), -1)) {
            boolean indent = begin ? first : empty || Values.length(line) > 0;
            out.add(begin ? "" : "\n").add(indent ? blanks : Text.EMPTY).add((Text) line);
            begin = false;
        }
        return out.text();
    }
}
