package dev.graft.model.tokenizer;

/**
 * A piece of a prompt.
 *
 * @param text the piece
 * @param trusted whether special tokens are recognised in it: yes for what a template wrote, no for what people wrote
 */
public record Segment(String text, boolean trusted) {
    public static Segment trusted(String text) {
        return new Segment(text, true);
    }

    public static Segment untrusted(String text) {
        return new Segment(text, false);
    }
}
