package dev.graft.lora;

import dev.graft.lora.jni.global.lora;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory for tensors, one behind the other in large pieces, so that they may lie in huge pages ({@code memory.cpp}). What is never touched of a piece takes
 * no memory. All of it is given back together.
 */
final class Slabs implements AutoCloseable {
    private static final int CACHE_LINE = 64;
    private static final long SLAB_BYTES = 32L << 20;

    private final Arena arena = Arena.ofShared();
    private MemorySegment slab = MemorySegment.NULL;
    private long used;

    /** Memory of exactly so many bytes, all 0, from the beginning of a cache line. */
    MemorySegment allocate(long bytes) {
        if (used + bytes > slab.byteSize()) {
            slab = map(Math.max(bytes, SLAB_BYTES));
            used = 0;
        }
        MemorySegment memory = slab.asSlice(used, bytes);
        used += (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
        return memory;
    }

    private MemorySegment map(long bytes) {
        Pointer memory = lora.graft_memory_open(bytes);
        if (memory == null || memory.isNull()) {
            throw new KernelException(lora.graft_lora_error().getString() + ": " + bytes + " bytes were asked for");
        }
        return MemorySegment.ofAddress(memory.address())
                .reinterpret(bytes, arena, mapped -> lora.graft_memory_close(memory, bytes));
    }

    @Override
    public void close() {
        arena.close();
    }
}
