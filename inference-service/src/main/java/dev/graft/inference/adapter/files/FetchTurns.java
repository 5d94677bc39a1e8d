package dev.graft.inference.adapter.files;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A few files at a time from each place, each within the time that is set. A place is a host, or all folders together (whose files are hashed in the same turns): one that is slow keeps nobody from
 * the files of another.
 */
final class FetchTurns {
    private static final int AT_ONCE = 4;

    private final AllowedSources allowed;
    private final ExecutorService threads;
    private final Duration timeout;
    private final Map<String, Semaphore> byPlace = new ConcurrentHashMap<>();

    /**
     * @param allowed the only places that there are turns for
     * @param timeout of the wait for a turn, and then of the work
     */
    FetchTurns(AllowedSources allowed, ExecutorService threads, Duration timeout) {
        this.allowed = allowed;
        this.threads = threads;
        this.timeout = timeout;
    }

    /**
     * Does this in its turn, on a thread of its own, which is interrupted when the time is up.
     *
     * @throws dev.graft.contracts.FaultException {@code source_slow}, of kind {@code CAPACITY}; what the work throws
     */
    <T> T take(URI source, Callable<T> work) throws InterruptedException {
        Semaphore turns = byPlace.computeIfAbsent(place(source), _ -> new Semaphore(AT_ONCE));
        if (!turns.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            throw SourceFaults.slow(source, timeout.toSeconds());
        }
        try {
            return within(source, work);
        } finally {
            turns.release();
        }
    }

    private String place(URI source) {
        String scheme = AllowedSources.scheme(source);
        if (scheme.equals("file")) {
            return scheme;
        }
        allowed.requireBelow(source);
        return scheme + "://" + source.getHost() + ":" + source.getPort();
    }

    private <T> T within(URI source, Callable<T> work) throws InterruptedException {
        Future<T> running = threads.submit(work);
        try {
            return running.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            throw SourceFaults.slow(source, timeout.toSeconds());
        } catch (InterruptedException e) {
            running.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw SourceFaults.of(source, e.getCause());
        }
    }
}
