package dev.graft.bench.serving;

import dev.graft.bench.client.Streamed;
import dev.graft.bench.load.Words;
import dev.graft.bench.row.Goal;
import dev.graft.bench.server.Machine;
import dev.graft.bench.server.Spinner;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The first row's load beside a program that keeps two threads busy: tokens that arrive within a window, for the slower server would need
 * minutes for whole answers.
 */
record Busy(Machine machine, Duration window) implements Scenario {
    @Override
    public List<Goal> goals() {
        return List.of(Goal.BUSY_TOKENS_PER_S);
    }

    @Override
    public Map<Goal, Double> turn(Contender server, Words words) throws Exception {
        try (Spinner spinner = Spinner.start(machine, 2)) {
            spinner.awaitBusy();
            long end = System.nanoTime() + window.toNanos();
            long tokens = 0;
            while (System.nanoTime() < end) {
                Streamed answer = server.completeUntil(words.draw(64), 64, end);
                tokens += answer.complete()
                        ? answer.completionTokens()
                        : Arrays.stream(answer.arrivalsNanos())
                                .filter(at -> at <= end)
                                .count();
            }
            return Map.of(Goal.BUSY_TOKENS_PER_S, tokens / (window.toNanos() / 1e9));
        }
    }
}
