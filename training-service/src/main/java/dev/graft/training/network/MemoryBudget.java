package dev.graft.training.network;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * What the trainings of this process take together. Each takes its share before any of it is allocated, and gives it back once it is freed; the model's
 * file, which all of them map, counts once. Thread-safe.
 */
public final class MemoryBudget {
    /** Code of the fault where a training would fit if others did not have the memory. */
    public static final String IN_USE = "memory_in_use";

    private final long bytes;
    private final Set<Share> shares = new HashSet<>();
    private long before;
    private long givenBack;

    /** @param bytes beside the JVM's heap, the mapped model file included */
    public MemoryBudget(long bytes) {
        this.bytes = bytes;
    }

    /** One training's, until it is closed. */
    final class Share implements AutoCloseable {
        private final MemoryPlan plan;
        private final long own;
        private final long expected;

        private Share(MemoryPlan plan, long own, long expected) {
            this.plan = plan;
            this.own = own;
            this.expected = expected;
        }

        MemoryPlan plan() {
            return plan;
        }

        /** What the process will have in memory once this one trains, beside those that do already; bytes. */
        long expectedBytes() {
            return expected;
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }

    /**
     * Takes the share with the most kept that fits beside the others, with batches cut as they would be without them: others must not change what comes out.
     *
     * @throws FaultException {@link #IN_USE} where it would fit without them, {@code too_little_memory} where not even then; with the figures
     */
    synchronized Share take(MemoryNeed need) {
        long taken = shares.stream().mapToLong(share -> share.own).sum();
        int cut = need.within(bytes).orElseThrow(() -> tooLittle(need)).rows();
        MemoryPlan plan = need.within(bytes - taken, cut).orElseThrow(() -> inUse(need.leanest(cut), taken));
        var share = new Share(plan, plan.bytes() - need.base().fileBytes(), expected(plan));
        shares.add(share);
        return share;
    }

    /** Counts the shares that were given back. */
    public synchronized long givenBack() {
        return givenBack;
    }

    /**
     * Waits until another share is given back.
     *
     * @param seen {@link #givenBack} before it was found that there is too little
     * @return whether one was, within this time
     */
    public synchronized boolean awaitMore(long seen, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (long left = patience.toMillis();
                givenBack == seen && left > 0;
                left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        return givenBack != seen;
    }

    private synchronized void giveBack(Share share) {
        if (shares.remove(share)) {
            givenBack++;
            notifyAll();
        }
    }

    /** Of those that have begun, not all may have touched yet what is theirs. */
    private long expected(MemoryPlan plan) {
        if (shares.isEmpty()) {
            before = ResidentMemory.beforeTraining();
            return before + plan.bytes();
        }
        long promised =
                before + shares.stream().mapToLong(share -> share.plan.bytes()).sum();
        return Math.max(ResidentMemory.now(), promised) + plan.bytes();
    }

    private FaultException inUse(MemoryPlan least, long taken) {
        return new FaultException(Fault.capacity(
                IN_USE,
                "this training takes at least " + least.bytes() + " bytes, and of the " + bytes
                        + " of graft.training.memory other jobs have " + taken
                        + ": it begins when enough of them have ended"));
    }

    private FaultException tooLittle(MemoryNeed need) {
        return new FaultException(Fault.capacity(
                "too_little_memory",
                "this training takes at least " + need.leanest(need.longest()).bytes() + " bytes of the " + bytes
                        + " of graft.training.memory: give it more, shorten the longest example (" + need.longest()
                        + " tokens), or lower the rank"));
    }
}
