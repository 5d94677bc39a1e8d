package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/**
 * Which weights answered.
 *
 * @param model the base model's name
 * @param adapter the adapter's name; empty for the base model alone
 * @param generation the adapter's generation; 0 for the base model alone
 */
public record Served(
        String model,
        @JsonSetter(nulls = Nulls.AS_EMPTY) String adapter,
        @JsonSetter(nulls = Nulls.AS_EMPTY) int generation) {
    public static Served base(String model) {
        return new Served(model, "", 0);
    }
}
