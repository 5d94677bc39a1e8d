package dev.graft.inference.events;

import dev.graft.contracts.AdapterChange;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import dev.graft.inference.adapter.Registry;
import dev.graft.inference.adapter.RegistryLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Changes the registry's topic by compare-and-swap, without a database: all writers share one transactional id, so the one that came last fences the
 * others, and whoever was fenced begins again from reading. See {@link RegistrySession} for why no change is lost.
 */
final class RegistryWriter implements RegistryLog, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RegistryWriter.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(5);
    private static final int FIRST_PAUSE_MS = 10;
    private static final int LONGEST_PAUSE_MS = 320;

    private final Connections connections;
    private final Registry registry;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable RegistrySession session;

    RegistryWriter(Connections connections, Registry registry, InstantSource clock) {
        this.connections = connections;
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public Outcome change(String name, AdapterExpectation expected, AdapterChange change) throws InterruptedException {
        lock.lockInterruptibly();
        Outcome outcome;
        try {
            outcome = decide(name, expected, change);
        } finally {
            lock.unlock();
        }
        if (outcome instanceof Outcome.Written(AdapterEntry entry)
                && !registry.await(name, entry.revision(), SEEN_WITHIN)) {
            LOG.warnf("%s is at revision %d, but this instance has not read that yet", name, entry.revision());
        }
        return outcome;
    }

    @Override
    public String place() {
        return "topic " + Topics.ADAPTERS;
    }

    /** Tries until it is decided: written, or refused for what the log says. */
    private Outcome decide(String name, AdapterExpectation expected, AdapterChange change) throws InterruptedException {
        long limit = System.nanoTime() + LIMIT.toNanos();
        Optional<AdapterEntry> sent = Optional.empty();
        for (int pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
            try {
                RegistrySession writing = session(sent);
                Optional<AdapterEntry> current = writing.read(name);
                if (sent.isPresent() && writing.doubtfulWritten()) {
                    return new Outcome.Written(sent.get()); // the answer to the commit was lost, not the commit
                }
                if (!expected.fits(current)) {
                    return new Outcome.Stale(current);
                }
                AdapterEntry next = change.apply(name, current);
                if (current.isPresent() && current.get().equals(next)) {
                    return new Outcome.Unchanged(next);
                }
                sent = Optional.of(next);
                writing.write(next, clock.instant());
                return new Outcome.Written(next);
            } catch (InterruptException e) {
                drop();
                throw new InterruptedException("interrupted while writing the registry");
            } catch (KafkaException e) {
                LOG.debugf("Writing %s failed: %s", name, e.toString());
                drop();
                if (System.nanoTime() > limit) {
                    throw new FaultException(
                            Fault.capacity("registry_unavailable", "the registry can't be written now: " + e), e);
                }
                // Two that fence each other must not stay in step.
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(pause));
            }
        }
    }

    private RegistrySession session(Optional<AdapterEntry> sent) {
        RegistrySession open = session;
        if (open == null) {
            open = RegistrySession.open(connections, sent);
            session = open;
        }
        return open;
    }

    private void drop() {
        RegistrySession failed = session;
        session = null;
        if (failed != null) {
            failed.close();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            drop();
        } finally {
            lock.unlock();
        }
    }
}
