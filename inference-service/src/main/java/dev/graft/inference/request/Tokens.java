package dev.graft.inference.request;

import java.util.Arrays;

/** Token numbers, immutable. */
public final class Tokens {
    private final int[] tokens;

    private Tokens(int[] tokens) {
        this.tokens = tokens;
    }

    public static Tokens of(int... tokens) {
        return new Tokens(tokens.clone());
    }

    public int length() {
        return tokens.length;
    }

    public int at(int index) {
        return tokens[index];
    }

    /** How many of the first tokens are the same in both, at most {@code limit}. */
    public int commonBeginning(Tokens other, int limit) {
        int end = Math.min(limit, Math.min(tokens.length, other.tokens.length));
        int mismatch = Arrays.mismatch(tokens, 0, end, other.tokens, 0, end);
        return mismatch < 0 ? end : mismatch;
    }

    public int[] toArray() {
        return tokens.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tokens that && Arrays.equals(tokens, that.tokens);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens);
    }

    @Override
    public String toString() {
        return Arrays.toString(tokens);
    }
}
