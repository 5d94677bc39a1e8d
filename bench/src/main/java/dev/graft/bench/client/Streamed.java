package dev.graft.bench.client;

/**
 * One streamed answer, as its client saw it.
 *
 * @param sentNanos when the request was written
 * @param arrivalsNanos when each event with text came
 * @param promptTokens as the server counted; -1 when it was broken off before it said so
 * @param completionTokens likewise
 */
public record Streamed(long sentNanos, long[] arrivalsNanos, int promptTokens, int completionTokens) {
    /** Milliseconds from the request to the first text. */
    public double firstMs() {
        return (arrivalsNanos[0] - sentNanos) / 1e6;
    }

    /** Milliseconds between an event with text and the next. */
    public double[] gapsMs() {
        double[] gaps = new double[Math.max(0, arrivalsNanos.length - 1)];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (arrivalsNanos[i + 1] - arrivalsNanos[i]) / 1e6;
        }
        return gaps;
    }

    public boolean complete() {
        return completionTokens >= 0;
    }
}
