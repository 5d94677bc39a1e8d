package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_BACKEND_DEVICE_TYPE_CPU;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_backend_reg;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_by_type;
import static dev.graft.llama.jni.global.llama.ggml_backend_reg_get_proc_address;
import static dev.graft.llama.jni.global.llama.ggml_threadpool_params_default;
import static dev.graft.llama.jni.global.llama.llama_attach_threadpool;
import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.graft.llama.jni.ggml_threadpool;
import dev.graft.llama.jni.ggml_threadpool_params;
import dev.graft.llama.jni.llama_context;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.Pointer;

/**
 * The threads that compute one context's graphs; without a pool of its own ggml starts threads anew for every graph. The two functions live in
 * the CPU variant, which is found at run time, and are called by their addresses.
 */
final class ThreadPool implements AutoCloseable {
    /**
     * How long worker threads spin for the next graph before they sleep (ggml's {@code poll}, 0 to 100). They don't: on a machine whose cores are
     * all computing, a spinning worker takes its core from the threads that carry tokens to clients.
     */
    private static final int POLL = 0;

    private final MemorySegment pool;

    private ThreadPool(MemorySegment pool) {
        this.pool = pool;
    }

    /** @throws LlamaException when the threads can't be started */
    static ThreadPool attach(llama_context context, int threads) {
        try (ggml_threadpool_params params = ggml_threadpool_params_default(threads)) {
            params.poll(POLL);
            MethodHandle open = function("ggml_threadpool_new", FunctionDescriptor.of(ADDRESS, ADDRESS));
            MemorySegment pool = (MemorySegment) open.invokeExact(MemorySegment.ofAddress(params.address()));
            if (pool.address() == 0) {
                throw new LlamaException("ggml can't start " + threads + " threads: lower graft.llama.threads");
            }
            ggml_threadpool handle = new ggml_threadpool(new Pointer() {
                {
                    address = pool.address();
                }
            });
            llama_attach_threadpool(context, handle, handle);
            return new ThreadPool(pool);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LlamaException("ggml_threadpool_new failed", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor signature) {
        Pointer address = ggml_backend_reg_get_proc_address(
                ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)), name);
        if (address == null || address.isNull()) {
            throw new LlamaException("ggml's CPU variant has no " + name);
        }
        return Linker.nativeLinker().downcallHandle(MemorySegment.ofAddress(address.address()), signature);
    }

    @Override
    public void close() {
        try {
            function("ggml_threadpool_free", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(pool);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LlamaException("ggml_threadpool_free failed", e);
        }
    }
}
