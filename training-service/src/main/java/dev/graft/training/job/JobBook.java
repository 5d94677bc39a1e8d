package dev.graft.training.job;

import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** All jobs, as their events make them. Each instance reads all events from the topic's beginning, so each answers for any job. Thread-safe. */
@Singleton
public class JobBook {
    /** A word may come before the job that it is for, since both topics are read at once; what comes for none is forgotten. */
    private static final Duration UNKNOWN_FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final Map<String, Job> jobs = new LinkedHashMap<>();
    private final Map<String, EventTrail> trails = new HashMap<>();
    private final Map<String, Wish> wishes = new HashMap<>();
    private final LongSupplier nanos;

    /**
     * A word to a job.
     *
     * @param at when it was said
     * @param readNanos when it was read here, by a clock that only goes forward
     */
    private record Wish(TrainingControl control, Instant at, long readNanos) {}

    public JobBook() {
        this(System::nanoTime);
    }

    /** @param nanos a clock that only goes forward */
    JobBook(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** One more event; seen before, of an attempt that is over or of a job that has ended, it changes nothing. */
    public synchronized void record(RecordedEvent recorded) {
        TrainingEvent event = recorded.event();
        Optional<Job> before = find(event.id());
        EventTrail trail = trails.computeIfAbsent(event.id(), id -> new EventTrail());
        if (!trail.isNew(recorded)) {
            return;
        }
        if (before.filter(job -> job.counts(event)).isPresent()) {
            jobs.put(event.id(), before.get().after(event));
            trail.add(recorded, ends(event));
            fulfil(event);
        } else if (before.isEmpty() && event instanceof TrainingEvent.Queued first) {
            jobs.put(event.id(), Job.queued(first));
            trail.add(recorded, false);
        } else {
            trail.passOver(recorded); // or its beginning is older than what the topic keeps
        }
        notifyAll();
    }

    /**
     * Waits until a job's events are read up to this position, and tells whether the one that stands there counts.
     *
     * @return empty where it was not read in time
     */
    public synchronized Optional<Boolean> awaitCounted(String id, long position, Duration patience)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        EventTrail trail = trails.computeIfAbsent(id, key -> new EventTrail());
        while (trail.last() < position) {
            if (!waitUntil(end)) {
                return Optional.empty();
            }
        }
        return Optional.of(trail.holds(position));
    }

    /** What somebody wants of a job since then; the last word counts, but nothing takes back that it is to end. */
    public synchronized void wish(TrainingControl control, Instant at) {
        forgetUnknown();
        boolean late = find(control.id())
                .filter(job -> job.status().ended() || needless(job, control))
                .isPresent();
        boolean ends = wish(control.id())
                .filter(TrainingControl.Cancel.class::isInstance)
                .isPresent();
        if (!late && !ends) {
            wishes.put(control.id(), new Wish(control, at, nanos.getAsLong()));
            notifyAll();
        }
    }

    private void forgetUnknown() {
        long now = nanos.getAsLong();
        wishes.entrySet()
                .removeIf(wish -> !jobs.containsKey(wish.getKey())
                        && now - wish.getValue().readNanos() > UNKNOWN_FORGOTTEN_AFTER.toNanos());
    }

    /** What is wanted of a job and was not done yet. */
    public synchronized Optional<TrainingControl> wish(String id) {
        return Optional.ofNullable(wishes.get(id)).map(Wish::control);
    }

    /**
     * The jobs of which something is wanted and that no worker has, as soon as there are any; empty when the time is up. What is wanted of a job that a
     * worker has, is that worker's to do.
     */
    public synchronized List<Job> awaitWishes(Duration patience) throws InterruptedException {
        List<Job> wanted = wanted();
        if (wanted.isEmpty() && waitUntil(System.nanoTime() + patience.toNanos())) {
            wanted = wanted();
        }
        return wanted;
    }

    private List<Job> wanted() {
        return wishes.keySet().stream()
                .flatMap(id -> find(id).stream())
                .filter(job -> job.status().free())
                .toList();
    }

    public synchronized Optional<Job> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** The newest first. */
    public synchronized List<Job> all() {
        return jobs.values().stream()
                .sorted(Comparator.comparing(Job::createdAt).reversed())
                .toList();
    }

    /** A job's events that come after this position, the oldest first. */
    public synchronized List<RecordedEvent> events(String id, long after) {
        EventTrail trail = trails.get(id);
        return trail == null ? List.of() : trail.after(after);
    }

    /** Waits until a job is so, and tells whether it is; a job that nobody knows never is. */
    public synchronized boolean await(String id, Predicate<Job> so, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (find(id).filter(so).isEmpty()) {
            if (!waitUntil(end)) {
                return false;
            }
        }
        return true;
    }

    /** A job's events after this position, as soon as there are any; empty when the time is up. */
    public synchronized List<RecordedEvent> awaitEvents(String id, long after, Duration patience)
            throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        List<RecordedEvent> found = events(id, after);
        while (found.isEmpty() && waitUntil(end)) {
            found = events(id, after);
        }
        return found;
    }

    @SuppressWarnings("WaitNotInLoop") // the loops are in the callers, whose conditions differ
    private boolean waitUntil(long end) throws InterruptedException {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            return false;
        }
        wait(left);
        return true;
    }

    private static boolean needless(Job job, TrainingControl control) {
        return switch (control) {
            case TrainingControl.Pause pause -> job.status() == JobStatus.PAUSED;
            case TrainingControl.Resume resume -> job.status() != JobStatus.PAUSED;
            case TrainingControl.Cancel cancel -> false;
        };
    }

    /** A wish is gone when what it asked for has happened since. */
    private void fulfil(TrainingEvent event) {
        Wish wish = wishes.get(event.id());
        if (wish == null || (event.at().isBefore(wish.at) && !ends(event))) {
            return;
        }
        boolean done = switch (wish.control) {
            case TrainingControl.Pause pause -> event instanceof TrainingEvent.Paused;
            case TrainingControl.Resume resume -> event instanceof TrainingEvent.Queued;
            case TrainingControl.Cancel cancel -> false;
        };
        if (done || ends(event)) {
            wishes.remove(event.id());
        }
    }

    private static boolean ends(TrainingEvent event) {
        return event instanceof TrainingEvent.Succeeded
                || event instanceof TrainingEvent.Failed
                || event instanceof TrainingEvent.Cancelled;
    }
}
