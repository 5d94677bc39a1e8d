package dev.graft.inference.decode;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Reads adapters' files as the service does, but counts them, and holds them back while it is told to. */
final class Reads implements Executor {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile CountDownLatch held = new CountDownLatch(0);

    @Override
    public void execute(Runnable read) {
        CountDownLatch until = held;
        begun.incrementAndGet();
        var _ = Thread.startVirtualThread(() -> {
            try {
                until.await();
                read.run();
                ended.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void hold() {
        held = new CountDownLatch(1);
    }

    void release() {
        held.countDown();
    }

    int begun() {
        return begun.get();
    }

    int ended() {
        return ended.get();
    }
}
