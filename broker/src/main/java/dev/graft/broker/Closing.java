package dev.graft.broker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** That the service stops: no new records from then on, and some time to finish those under way. */
public final class Closing {
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile long end = Long.MAX_VALUE;

    /** @param time how long those under way may take to finish */
    public void begin(Duration time) {
        end = System.nanoTime() + time.toNanos();
        begun.countDown();
    }

    public boolean begun() {
        return begun.getCount() == 0;
    }

    /** Whether what is not finished is to be given back. */
    public boolean timeIsUp() {
        return begun() && System.nanoTime() - end >= 0;
    }

    /** Sleeps, at most until closing begins; returns at once where the thread is interrupted. */
    public void await(long millis) {
        try {
            var _ = begun.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
