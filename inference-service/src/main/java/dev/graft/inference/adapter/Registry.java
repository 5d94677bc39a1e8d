package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterEntry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The registry as this instance has read it. Entries come in the order of the log ({@link RegistryLog}) and only from there, so that all instances
 * that read the log to its end know the same. Thread-safe.
 */
@Singleton
public class Registry {
    /**
     * @param entry as in the log
     * @param written when; empty for what was there before this instance followed the log
     */
    record Known(AdapterEntry entry, Optional<Instant> written) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Known> byName = new TreeMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private boolean read;

    /** All entries of the log as it stood a moment ago; those that are not among them are gone. */
    public void replaceAll(Collection<AdapterEntry> entries) {
        change(() -> {
            byName.clear();
            entries.forEach(entry -> byName.put(entry.name(), new Known(entry, Optional.empty())));
            read = true;
        });
    }

    /** The log's next record. */
    public void put(AdapterEntry entry, Instant written) {
        change(() -> byName.put(entry.name(), new Known(entry, Optional.of(written))));
    }

    /** The log's next record, which takes an adapter away. */
    public void remove(String name) {
        change(() -> byName.remove(name));
    }

    /** Whether the log has been read to its end once. */
    public boolean read() {
        lock.lock();
        try {
            return read;
        } finally {
            lock.unlock();
        }
    }

    /** The adapter of this name. */
    public Optional<AdapterEntry> find(String name) {
        return known(name).map(Known::entry);
    }

    /** All adapters, by name. */
    public List<AdapterEntry> entries() {
        return snapshot().stream().map(Known::entry).toList();
    }

    /** Calls this after each change, on the thread that reads the log: it must not block. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Waits until this revision of the entry, or a later one, was read here; false where it was not in time. */
    public boolean await(String name, long revision, Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (revisionOf(name) < revision) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    Optional<Known> known(String name) {
        lock.lock();
        try {
            return Optional.ofNullable(byName.get(name));
        } finally {
            lock.unlock();
        }
    }

    List<Known> snapshot() {
        lock.lock();
        try {
            return new ArrayList<>(byName.values());
        } finally {
            lock.unlock();
        }
    }

    private long revisionOf(String name) {
        Known known = byName.get(name);
        return known == null ? 0 : known.entry().revision();
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        listeners.forEach(Runnable::run);
    }
}
