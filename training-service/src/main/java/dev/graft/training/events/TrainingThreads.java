package dev.graft.training.events;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** Threads that train: a platform thread a job, at the lowest scheduling priority; the threads that it starts inherit that. */
final class TrainingThreads {
    private static final Logger LOG = Logger.getLogger(TrainingThreads.class);

    private final int nice;

    /** @param nice -20 (before all others) to 19 (after all others) */
    TrainingThreads(int nice) {
        this.nice = nice;
    }

    /** What a thread does. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /** Ends as the work does. */
    CompletableFuture<Void> start(String job, Work work) {
        var done = new CompletableFuture<Void>();
        Context trace = Context.current();
        Thread.ofPlatform().daemon().name("training-" + job).start(() -> {
            if (!ThreadNice.set(nice)) {
                LOG.warnf("The kernel does not grant nice %d to the threads that train", nice);
            }
            try (Scope _ = trace.makeCurrent()) {
                work.run();
                done.complete(null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                done.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }
}
