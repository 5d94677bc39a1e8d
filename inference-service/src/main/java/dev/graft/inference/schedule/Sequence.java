package dev.graft.inference.schedule;

import dev.graft.inference.request.Tokens;
import java.util.Arrays;

/**
 * Tokens that are known and how many of them are computed. There are no phases: prompt chunks, cached prefixes and drawn tokens are all one case,
 * computed tokens catching up with known ones.
 */
public final class Sequence {
    private final int number;
    private final int promptLength;
    private int[] tokens;
    private int known;
    private int computed;
    private int tail;

    /**
     * @param number its sequence number in llama.cpp
     * @param room tokens that it may grow to without copying
     */
    public Sequence(int number, Tokens prompt, int room) {
        this.number = number;
        this.promptLength = prompt.length();
        this.tokens = Arrays.copyOf(prompt.toArray(), Math.max(room, prompt.length()));
        this.known = prompt.length();
    }

    public int number() {
        return number;
    }

    public int promptLength() {
        return promptLength;
    }

    public int token(int position) {
        return tokens[position];
    }

    /** Tokens known so far. */
    public int known() {
        return known;
    }

    /** Of these, how many have their KV cells. */
    public int computed() {
        return computed;
    }

    public int pending() {
        return known - computed;
    }

    /** Whether its prompt is computed and it grows by drawn tokens. */
    public boolean decoding() {
        return computed >= promptLength;
    }

    /** Tokens of label branches that must be computed together with the end of the prompt. */
    public int tail() {
        return tail;
    }

    public void withTail(int tokensOfBranches) {
        this.tail = tokensOfBranches;
    }

    public void append(int token) {
        if (known == tokens.length) {
            tokens = Arrays.copyOf(tokens, known * 2);
        }
        tokens[known++] = token;
    }

    public void advance(int count) {
        computed += count;
        if (computed > known) {
            throw new IllegalStateException(computed + " tokens computed of " + known);
        }
    }

    /** A second sequence that goes on from this one's prompt. */
    public Sequence fork(int forkNumber, int room) {
        Sequence fork = new Sequence(forkNumber, Tokens.of(Arrays.copyOf(tokens, promptLength)), room);
        fork.computed = promptLength;
        return fork;
    }
}
