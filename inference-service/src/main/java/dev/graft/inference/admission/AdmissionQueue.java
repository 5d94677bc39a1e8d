package dev.graft.inference.admission;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/** Requests that wait for a slot: bounded, the most urgent first, in order of arrival among equals. Thread-safe. */
public final class AdmissionQueue {
    private static final Comparator<Submission> MOST_URGENT = Comparator.comparingInt(
                    (Submission s) -> -s.request().terms().priority())
            .thenComparingLong(Submission::order);

    private final int slots;
    private final int limit;
    private final TreeSet<Submission> waiting = new TreeSet<>(MOST_URGENT);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private int running;
    private boolean woken;
    private boolean draining;

    /**
     * @param slots requests that run at the same time
     * @param limit the most requests that wait beyond those for which a slot is free
     */
    public AdmissionQueue(int slots, int limit) {
        this.slots = slots;
        this.limit = limit;
    }

    /** @throws FaultException {@code queue_full} or {@code draining} */
    public void add(Submission submission) {
        lock.lock();
        try {
            refuseWithoutRoom();
            waiting.add(submission);
            woken = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks whether {@link #add} would refuse now.
     *
     * @throws FaultException {@code queue_full} or {@code draining}
     */
    public void checkRoom() {
        lock.lock();
        try {
            refuseWithoutRoom();
        } finally {
            lock.unlock();
        }
    }

    private void refuseWithoutRoom() {
        if (draining) {
            throw new FaultException(Fault.capacity("draining", "this instance is stopping: send it to another"));
        }
        if (waiting.size() - (slots - running) >= limit) {
            throw new FaultException(Fault.capacity(
                    "queue_full",
                    "%d requests run and %d wait: try again later, or raise graft.limits.queue"
                            .formatted(running, waiting.size())));
        }
    }

    /** What became of a request that might begin. */
    public enum Begin {
        BEGUN,
        /** It waits for something of its own, such as its adapter: others may go before it. It keeps its place. */
        PASSED_OVER,
        /** It waits for what all need: nobody may take that away from it. */
        NOT_YET
    }

    /** The most urgent request that could begin, when a slot is free; it counts as running until {@link #ended}. */
    public Optional<Submission> start(Function<Submission, Begin> begin) {
        lock.lock();
        try {
            if (running >= slots) {
                return Optional.empty();
            }
            for (Submission submission : waiting) {
                switch (begin.apply(submission)) {
                    case BEGUN -> {
                        running++;
                        waiting.remove(submission);
                        return Optional.of(submission);
                    }
                    case PASSED_OVER -> {}
                    case NOT_YET -> {
                        return Optional.empty();
                    }
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** A running request has ended: its slot is free. */
    public void ended() {
        lock.lock();
        try {
            running--;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out those that nobody waits for any more. */
    public List<Submission> drop(Predicate<Submission> hopeless) {
        lock.lock();
        try {
            List<Submission> dropped =
                    new ArrayList<>(waiting.stream().filter(hopeless).toList());
            waiting.removeAll(dropped);
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until something waits, or {@link #wake} is called. */
    public void awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !woken && !draining) {
                work.await();
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    /** Blocks until something more waits, or {@link #wake} is called; a moment at most. */
    public void awaitChange(Duration most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = most.toNanos();
            while (left > 0 && !woken) {
                left = work.awaitNanos(left);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    /** Something else than an arrival needs the engine's attention. */
    public void wake() {
        lock.lock();
        try {
            woken = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is taken. */
    public void drain() {
        lock.lock();
        try {
            draining = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    public int waiting() {
        return locked(waiting::size);
    }

    /** Requests that run at the same time. */
    public int slots() {
        return slots;
    }

    public int running() {
        return locked(() -> running);
    }

    /** Requests that would begin at once. */
    public int freeSlots() {
        return locked(this::free);
    }

    private int free() {
        return draining ? 0 : Math.max(0, slots - running - waiting.size());
    }

    private int locked(java.util.function.IntSupplier value) {
        lock.lock();
        try {
            return value.getAsInt();
        } finally {
            lock.unlock();
        }
    }
}
