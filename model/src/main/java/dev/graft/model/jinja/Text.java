package dev.graft.model.jinja;

import java.util.BitSet;

/** A string whose characters know where they came from: {@code own} ones from the template, {@code foreign} ones from a message. */
public final class Text {
    /** The empty string. */
    public static final Text EMPTY = own("");

    private final String value;
    private final BitSet foreign;

    Text(String value, BitSet foreign) {
        this.value = value;
        this.foreign = foreign;
    }

    /** A string that the template wrote, or that it may use as if it had. */
    public static Text own(String value) {
        return new Text(value, new BitSet(0));
    }

    /** A string that people wrote. */
    public static Text foreign(String value) {
        var all = new BitSet(value.length());
        all.set(0, value.length());
        return new Text(value, all);
    }

    public String value() {
        return value;
    }

    /** Which of its characters (UTF-16 units) came from people; not to be changed. */
    public BitSet foreign() {
        return foreign;
    }

    int length() {
        return value.length();
    }

    Text slice(int from, int to) {
        return from == 0 && to == value.length() ? this : new Text(value.substring(from, to), foreign.get(from, to));
    }

    Text plus(Text other) {
        if (value.isEmpty()) {
            return other;
        }
        return new TextBuilder().add(this).add(other).text();
    }

    /** This text changed to another: of the same length and so letter by letter, or, where that can't be said, foreign if any of it was. */
    Text changedTo(String other) {
        if (other.length() == value.length() || foreign.isEmpty()) {
            return new Text(other, foreign);
        }
        return foreign(other);
    }

    /** Without the characters of {@code set} (white space where it is empty) at the left, the right or both ends. */
    Text stripped(String set, boolean left, boolean right) {
        int from = 0;
        int to = value.length();
        while (left && from < to && isIn(set, value.charAt(from))) {
            from++;
        }
        while (right && to > from && isIn(set, value.charAt(to - 1))) {
            to--;
        }
        return slice(from, to);
    }

    private static boolean isIn(String set, char c) {
        return set.isEmpty() ? isPythonSpace(c) : set.indexOf(c) >= 0;
    }

    /** What {@code str.isspace} of Python says. */
    static boolean isPythonSpace(char c) {
        return (c >= 0x09 && c <= 0x0D)
                || (c >= 0x1C && c <= 0x20)
                || c == 0x85
                || c == 0xA0
                || Character.getType(c) == Character.SPACE_SEPARATOR
                || c == 0x2028
                || c == 0x2029;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && value.equals(text.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
