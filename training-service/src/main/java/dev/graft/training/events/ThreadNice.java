package dev.graft.training.events;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The calling thread's nice value, which the threads that it creates inherit. Linux keeps one for each thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2)</a>
 */
final class ThreadNice {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;

    /** @return whether the kernel granted it */
    @SuppressWarnings("restricted") // native access is enabled in jvm.options
    static boolean set(int value) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setpriority = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setpriority"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            return (int) setpriority.invokeExact(PRIO_PROCESS, CALLING_THREAD, value) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setpriority could not be called", e);
        }
    }

    private ThreadNice() {}
}
