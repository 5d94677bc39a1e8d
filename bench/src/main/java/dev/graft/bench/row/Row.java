package dev.graft.bench.row;

import java.util.OptionalDouble;

/**
 * One line of a benchmark's table.
 *
 * @param graft Graft's figure, in the unit that the name ends with (times without a unit in the name: ms)
 * @param peer the peer's; null in the JSON where there is no peer
 * @param ratio graft / peer; null in the JSON where there is no peer
 * @param goal for the ratio; where there is no peer, for graft's own figure
 */
public record Row(
        String name,
        double graft,
        OptionalDouble peer,
        OptionalDouble ratio,
        double goal,
        Better better,
        boolean reached) {}
