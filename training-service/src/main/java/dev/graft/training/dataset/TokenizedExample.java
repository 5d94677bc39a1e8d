package dev.graft.training.dataset;

/**
 * An example as the network sees it. The loss lies on {@code tokens[completionFrom]} up to the last: each of them is predicted from all before it.
 *
 * @param tokens prompt and completion, at least two; not to be changed
 * @param completionFrom index of the first token that is to be learned, 1 or above: nothing predicts the first
 */
public record TokenizedExample(int[] tokens, int completionFrom) {
    public TokenizedExample {
        if (completionFrom < 1 || completionFrom >= tokens.length) {
            throw new IllegalArgumentException("completionFrom " + completionFrom + " of " + tokens.length + " tokens");
        }
    }

    /** How many tokens the network reads: all but the last, which predicts nothing. */
    public int rows() {
        return tokens.length - 1;
    }

    /** How many tokens are learned. */
    public int learned() {
        return tokens.length - completionFrom;
    }
}
