package dev.graft.bench.row;

/**
 * What a row has to reach.
 *
 * @param ofRatio it is for graft / peer; otherwise there is no peer, and it is for the figure itself
 */
public record Threshold(Better better, double value, boolean ofRatio) {
    static Threshold ratio(Better better, double value) {
        return new Threshold(better, value, true);
    }

    static Threshold figure(Better better, double value) {
        return new Threshold(better, value, false);
    }
}
