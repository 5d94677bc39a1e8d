package dev.graft.llama;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The calling thread's nice value, which the threads that it creates inherit. Linux keeps one for each thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/setpriority.2.html">setpriority(2)</a>
 */
public final class ThreadPriority {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;
    private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = ERRNO.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    /**
     * Asks for a nice value, -20 (before all others) to 19 (after all others).
     *
     * @return whether the kernel granted it: a lower value than before needs CAP_SYS_NICE or a limit that allows it (RLIMIT_NICE)
     */
    public static boolean nice(int value) {
        if (value < -20 || value > 19) {
            throw new IllegalArgumentException("nice value " + value + " is not from -20 to 19");
        }
        Linker linker = Linker.nativeLinker();
        MethodHandle setpriority = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setpriority"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO);
            int code = (int) setpriority.invokeExact(state, PRIO_PROCESS, CALLING_THREAD, value);
            if (code != 0) {
                int errno = state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
                System.getLogger(ThreadPriority.class.getName())
                        .log(System.Logger.Level.DEBUG, "setpriority({0}): errno {1}", value, errno);
            }
            return code == 0;
        } catch (Throwable e) {
            throw new LlamaException("setpriority could not be called: " + e);
        }
    }

    private ThreadPriority() {}
}
