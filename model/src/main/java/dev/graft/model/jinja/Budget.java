package dev.graft.model.jinja;

/** What one rendering may cost: steps taken and characters made, together; so that no template runs or grows for ever. */
final class Budget {
    private static final int DEEPEST = 64;

    private long left;
    private int depth;

    Budget(long limit) {
        this.left = limit;
    }

    void spend(long cost) {
        left -= cost;
        if (left < 0) {
            throw new JinjaException("the template takes too long or its text grows too large");
        }
    }

    void enter() {
        if (++depth > DEEPEST) {
            throw new JinjaException("macros call each other more than " + DEEPEST + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
