package dev.graft.bench.row;

import java.util.Locale;
import java.util.OptionalDouble;

/** A row of a benchmark's table and what it has to reach: an enum's constant, named as the row is. */
public interface RowGoal {
    String name();

    Better better();

    /** For graft / peer; without a peer, for the figure itself. */
    double goal();

    /** Whether there is one. */
    boolean hasPeer();

    /** The row's name in the JSON and after {@code --only}. */
    default String rowName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The goal is for graft / peer. */
    default Row against(double graft, double peerValue) {
        require(true);
        double ratio = graft / peerValue;
        return new Row(
                rowName(),
                graft,
                OptionalDouble.of(peerValue),
                OptionalDouble.of(ratio),
                goal(),
                better(),
                better().reaches(ratio, goal()));
    }

    /** There is no peer: the goal is for the figure itself. */
    default Row alone(double graft) {
        require(false);
        return new Row(
                rowName(),
                graft,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                goal(),
                better(),
                better().reaches(graft, goal()));
    }

    private void require(boolean peer) {
        if (hasPeer() != peer) {
            throw new IllegalArgumentException(rowName() + (hasPeer() ? " needs a peer's figure" : " has no peer"));
        }
    }
}
