package dev.graft.bench.row;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rows of the serving benchmark, in the order of their table. */
public enum Goal {
    C1_TOKENS_PER_S(Better.HIGHER, 1.0, true),
    C1_TTFT(Better.LOWER, 1.0, true),
    C8_TOKENS_PER_S(Better.HIGHER, 1.2, true),
    C8_TTFT_P50(Better.LOWER, 0.5, true),
    C8_ITL_P95(Better.LOWER, 0.9, true),
    C8_SHARED_PREFIX_REQUESTS_PER_S(Better.HIGHER, 5, true),
    C8_CLASSIFY_REQUESTS_PER_S(Better.HIGHER, 8, true),
    C32_MIXED_ITL_P95(Better.LOWER, 0.5, true),
    BUSY_TOKENS_PER_S(Better.HIGHER, 5, true),
    KAFKA_OVERHEAD_P50_MS(Better.LOWER, 6, false),
    KAFKA_OVERHEAD_P99_MS(Better.LOWER, 20, false),
    READY_MS(Better.LOWER, 4000, false),
    OVERHEAD_MB(Better.LOWER, 400, false);

    private final Better better;
    private final double goal;
    private final boolean peer;

    Goal(Better better, double goal, boolean peer) {
        this.better = better;
        this.goal = goal;
        this.peer = peer;
    }

    /** The row's name in the JSON and after {@code --only}. */
    public String rowName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Goal> named(String name) {
        return Arrays.stream(values())
                .filter(goal -> goal.rowName().equals(name))
                .findFirst();
    }

    /** The goal is for graft / peer. */
    public Row against(double graft, double peerValue) {
        require(peer);
        double ratio = graft / peerValue;
        return new Row(
                rowName(),
                graft,
                OptionalDouble.of(peerValue),
                OptionalDouble.of(ratio),
                goal,
                better,
                better.reaches(ratio, goal));
    }

    /** There is no peer: the goal is for the figure itself. */
    public Row alone(double graft) {
        require(!peer);
        return new Row(
                rowName(),
                graft,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                goal,
                better,
                better.reaches(graft, goal));
    }

    private void require(boolean expected) {
        if (!expected) {
            throw new IllegalArgumentException(rowName() + (peer ? " needs a peer's figure" : " has no peer"));
        }
    }
}
