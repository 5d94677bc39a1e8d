package dev.graft.contracts;

/**
 * Where a request's time went, in milliseconds.
 *
 * @param queueMs from arrival to the first step it was part of
 * @param prefillMs from there to the first token
 * @param decodeMs from the first token to the last
 */
public record Timings(double queueMs, double prefillMs, double decodeMs) {
    @com.fasterxml.jackson.annotation.JsonIgnore
    public double totalMs() {
        return queueMs + prefillMs + decodeMs;
    }
}
