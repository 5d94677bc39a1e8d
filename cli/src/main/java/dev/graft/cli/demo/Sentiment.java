package dev.graft.cli.demo;

import java.util.Locale;
import java.util.Optional;

/** What a sentence says about the product, by its mean rating from -4 to 4; sentences in between are neither and are left out. */
public enum Sentiment {
    POSITIVE,
    NEGATIVE,
    NEUTRAL;

    private static final double CLEAR = 1;
    private static final double NEAR_ZERO = 0.3;

    static Optional<Sentiment> of(double rating) {
        if (rating >= CLEAR) {
            return Optional.of(POSITIVE);
        }
        if (rating <= -CLEAR) {
            return Optional.of(NEGATIVE);
        }
        return Math.abs(rating) <= NEAR_ZERO ? Optional.of(NEUTRAL) : Optional.empty();
    }

    /** As the templates name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
