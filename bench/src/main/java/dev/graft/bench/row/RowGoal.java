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
        return against(graft, peerValue, 0);
    }

    /**
     * The goal is for graft / peer, as far as chance lets it be told.
     *
     * @param chance how much worse than the goal the ratio may come out by chance alone
     */
    default Row against(double graft, double peerValue, double chance) {
        require(true);
        double ratio = graft / peerValue;
        double goal = threshold().value() + (threshold().better() == Better.HIGHER ? -chance : chance);
        return row(graft, OptionalDouble.of(peerValue), OptionalDouble.of(ratio), ratio, goal);
    }

    /** There is no peer: the goal is for the figure itself. */
    default Row alone(double graft) {
        require(false);
        return row(
                graft,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                graft,
                threshold().value());
    }

    private Row row(double graft, OptionalDouble peer, OptionalDouble ratio, double compared, double goal) {
        Better better = threshold().better();
        return new Row(rowName(), graft, peer, ratio, goal, better, better.reaches(compared, goal));
    }

    private void require(boolean peer) {
        if (threshold().ofRatio() != peer) {
            throw new IllegalArgumentException(
                    rowName() + (threshold().ofRatio() ? " needs a peer's figure" : " has no peer"));
        }
    }
}
