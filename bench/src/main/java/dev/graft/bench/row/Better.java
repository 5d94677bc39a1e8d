package dev.graft.bench.row;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which way is better. */
public enum Better {
    HIGHER,
    LOWER;

    public boolean reaches(double value, double goal) {
        return this == HIGHER ? value >= goal : value <= goal;
    }

    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
