package dev.graft.training.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has in memory, as Linux counts it: all of the JVM, mapped files included. */
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    /**
     * What only comes with the first steps and no plan counts: the parts of oneDNN that are called, the products that it compiles, the JVM's own compiled
     * code. Measured, see {@code docs/training.md}.
     */
    private static final long CODE_BYTES = 20L << 20;

    /** Bytes at this moment. */
    public static long now() {
        return figure("VmRSS:");
    }

    /** The most bytes that it ever had. */
    public static long highest() {
        return figure("VmHWM:");
    }

    /**
     * What the process will have once it trains, beside what is planned: what it has now, and what the JVM has set aside for young objects and not yet
     * touched. To be asked when all that goes before is in memory, the kernels' library and the examples, and nothing of a plan.
     */
    static long beforeTraining() {
        trim();
        return now() + untouchedHeap() + CODE_BYTES;
    }

    /** Young objects fill all of their space before the collector comes for the first time, and it never gives that back. */
    private static long untouchedHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool ->
                        pool.getType() == MemoryType.HEAP && pool.getName().contains("Eden"))
                .mapToLong(ResidentMemory::untouched)
                .sum();
    }

    private static long untouched(MemoryPoolMXBean pool) {
        return Math.max(0, pool.getUsage().getCommitted() - pool.getPeakUsage().getUsed());
    }

    /** Has the C library give back what an earlier training left, so that it does not count twice. */
    @SuppressWarnings("restricted") // native access is enabled in jvm.options
    private static void trim() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("malloc_trim").ifPresent(trim -> {
            try {
                int _ = (int)
                        linker.downcallHandle(trim, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG))
                                .invokeExact(0L);
            } catch (Throwable e) {
                throw new IllegalStateException("malloc_trim could not be called", e);
            }
        });
    }

    private static long figure(String name) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(STATUS + " does not tell " + name));
        } catch (IOException e) {
            throw new UncheckedIOException(STATUS + " tells how much memory this process has", e);
        }
    }

    private ResidentMemory() {}
}
