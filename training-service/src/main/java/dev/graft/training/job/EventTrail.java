package dev.graft.training.job;

import dev.graft.contracts.TrainingEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A job's events in their order, bounded: where there are too many, every second step goes, but for those at which a checkpoint was written, and the last.
 * A curve stays a curve with half of its points, and nothing else of a job comes in great numbers.
 */
final class EventTrail {
    private static final int MOST_WHILE_IT_RUNS = 2_000;
    private static final int MOST_AFTERWARDS = 300;

    private final List<RecordedEvent> events = new ArrayList<>();
    private long last = -1;

    /** Whether an event is new to this trail: each is read again after the broker was away. */
    boolean isNew(RecordedEvent recorded) {
        return recorded.position() > last;
    }

    /** @param ended whether it is the job's last */
    void add(RecordedEvent recorded, boolean ended) {
        events.add(recorded);
        last = recorded.position();
        int most = ended ? MOST_AFTERWARDS : MOST_WHILE_IT_RUNS;
        int before = Integer.MAX_VALUE;
        while (events.size() > most && events.size() < before) {
            before = events.size();
            halveSteps();
        }
    }

    /** One that does not count. */
    void passOver(RecordedEvent recorded) {
        last = recorded.position();
    }

    /** Position of the last event that was read, whether it counted or not. */
    long last() {
        return last;
    }

    boolean holds(long position) {
        return events.stream().anyMatch(recorded -> recorded.position() == position);
    }

    /** Those that come after this position, the oldest first. */
    List<RecordedEvent> after(long position) {
        return events.stream()
                .filter(recorded -> recorded.position() > position)
                .toList();
    }

    private void halveSteps() {
        Set<Integer> safe = new HashSet<>();
        for (RecordedEvent recorded : events) {
            if (recorded.event() instanceof TrainingEvent.Checkpoint checkpoint) {
                safe.add(checkpoint.step());
            }
        }
        List<RecordedEvent> kept = new ArrayList<>();
        boolean odd = false;
        for (RecordedEvent recorded : events) {
            boolean dispensable = recorded.event() instanceof TrainingEvent.Step step
                    && !safe.contains(step.step())
                    && recorded.position() != last;
            odd = dispensable && !odd;
            if (!odd) {
                kept.add(recorded);
            }
        }
        events.clear();
        events.addAll(kept);
    }
}
