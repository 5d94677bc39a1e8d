package dev.graft.bench.row;

import java.util.Locale;
import java.util.OptionalDouble;

/** A row of a benchmark's table and what it has to reach: an enum's constant, named as the row is. */
public interface RowGoal {
    String name();

    Threshold threshold();

    /** The row's name in the JSON and after {@code --only}. */
    default String rowName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The goal is for graft / peer. */
    default Row against(double graft, double peerValue) {
        require(true);
        double ratio = graft / peerValue;
        return row(graft, OptionalDouble.of(peerValue), OptionalDouble.of(ratio), ratio);
    }

    /** There is no peer: the goal is for the figure itself. */
    default Row alone(double graft) {
        require(false);
        return row(graft, OptionalDouble.empty(), OptionalDouble.empty(), graft);
    }

    private Row row(double graft, OptionalDouble peer, OptionalDouble ratio, double compared) {
        Better better = threshold().better();
        double goal = threshold().value();
        return new Row(rowName(), graft, peer, ratio, goal, better, better.reaches(compared, goal));
    }

    private void require(boolean peer) {
        if (threshold().ofRatio() != peer) {
            throw new IllegalArgumentException(
                    rowName() + (threshold().ofRatio() ? " needs a peer's figure" : " has no peer"));
        }
    }
}
