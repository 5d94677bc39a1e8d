package dev.graft.inference.decode;

/** What the decode loop must know of the vocabulary. */
public interface TokenTexts {
    /** The bytes that a token stands for; none for control tokens. */
    byte[] bytes(int token);

    /** Whether the model says with this token that it has ended. */
    boolean endOfGeneration(int token);
}
