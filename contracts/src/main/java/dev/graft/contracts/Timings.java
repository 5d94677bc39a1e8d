package dev.graft.contracts;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * Where a request's time went, in milliseconds.
 *
 * @param queueMs from arrival to the first step it was part of
 * @param prefillMs from there to the first token
 * @param decodeMs from the first token to the last
 */
public record Timings(double queueMs, double prefillMs, double decodeMs) {
    @JsonIgnore
    public double totalMs() {
        return queueMs + prefillMs + decodeMs;
    }
}
