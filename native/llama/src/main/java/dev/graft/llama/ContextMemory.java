package dev.graft.llama;

import java.util.Optional;

/**
 * What a context takes of the machine's memory, in bytes. llama.cpp asks for it at once and the kernel grants it, but counts it only as it is written:
 * too much ends the process in the middle of a request. What lies on a GPU doesn't count: there llama.cpp is refused at once.
 *
 * @param keysAndValues the KV cache
 * @param computing buffers of a step, roughly
 */
record ContextMemory(long keysAndValues, long computing) {
    private static final long HALF = 2;
    private static final long FLOAT = 4;
    private static final double MIB = 1 << 20;

    static ContextMemory of(LlamaModel model, ContextOptions options) {
        // The output is the first to be offloaded, and has no cells.
        long onCpu = model.layers() - Math.max(0, model.offloadedLayers() - 1);
        long cells = options.cells();
        long tokens = options.microBatchTokens();
        long mask = tokens * cells * (FLOAT + HALF);
        long scores = options.attention() == Attention.PLAIN ? tokens * cells * model.heads() * FLOAT : 0;
        long rows = (tokens + options.sequences()) * model.vocabularySize() * FLOAT;
        return new ContextMemory(onCpu * cells * 2 * model.keySize() * HALF, mask + scores + rows);
    }

    /** @throws LlamaException when there is less than this, with the figures and what to lower */
    void require(Optional<FreeMemory> free, ContextOptions options) {
        if (free.isPresent() && free.get().bytes() < keysAndValues + computing) {
            throw new LlamaException(
                    "too little memory for a context of %d tokens: its KV cache takes %.0f MiB and computing about %.0f MiB, and %s leaves %.0f MiB: lower graft.llama.context-tokens (or graft.llama.batch-tokens), or give the service more memory"
                            .formatted(
                                    options.cells(),
                                    keysAndValues / MIB,
                                    computing / MIB,
                                    free.get().limit(),
                                    free.get().bytes() / MIB));
        }
    }
}
