package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.LLAMA_FLASH_ATTN_TYPE_DISABLED;
import static dev.graft.llama.jni.global.llama.LLAMA_FLASH_ATTN_TYPE_ENABLED;
import static dev.graft.llama.jni.global.llama.LLAMA_POOLING_TYPE_NONE;
import static dev.graft.llama.jni.global.llama.graft_graph_fault;
import static dev.graft.llama.jni.global.llama.graft_graph_free;
import static dev.graft.llama.jni.global.llama.graft_graph_install;
import static dev.graft.llama.jni.global.llama.graft_graph_mix;
import static dev.graft.llama.jni.global.llama.graft_graph_mix_by_nodes;
import static dev.graft.llama.jni.global.llama.graft_graph_mixing;
import static dev.graft.llama.jni.global.llama.graft_graph_new;
import static dev.graft.llama.jni.global.llama.graft_graph_plan;
import static dev.graft.llama.jni.global.llama.graft_graph_slot;
import static dev.graft.llama.jni.global.llama.graft_graph_unmix;
import static dev.graft.llama.jni.global.llama.llama_context_default_params;
import static dev.graft.llama.jni.global.llama.llama_decode;
import static dev.graft.llama.jni.global.llama.llama_free;
import static dev.graft.llama.jni.global.llama.llama_get_embeddings_ith;
import static dev.graft.llama.jni.global.llama.llama_get_logits_ith;
import static dev.graft.llama.jni.global.llama.llama_get_memory;
import static dev.graft.llama.jni.global.llama.llama_init_from_model;
import static dev.graft.llama.jni.global.llama.llama_memory_seq_cp;
import static dev.graft.llama.jni.global.llama.llama_memory_seq_rm;
import static dev.graft.llama.jni.global.llama.llama_set_adapters_lora;
import static dev.graft.llama.jni.global.llama.llama_set_n_threads;

import dev.graft.llama.jni.graft_graph;
import dev.graft.llama.jni.llama_adapter_lora;
import dev.graft.llama.jni.llama_batch;
import dev.graft.llama.jni.llama_context;
import dev.graft.llama.jni.llama_context_params;
import dev.graft.llama.jni.llama_memory_i;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * A decoding context: a KV cache of cells that all sequences share ({@code kv_unified}, without which a part of a sequence can't be forked), and
 * the threads that compute. Used by one thread; keeps its model reachable; frees everything in {@link #close}.
 */
public final class LlamaContext implements AutoCloseable {
    private final LlamaModel model;
    private final llama_context handle;
    private final graft_graph graph;
    private final llama_memory_i memory;
    private final ThreadPool threads;
    private final int vocabularySize;
    private boolean mixes;
    private boolean closed;

    private LlamaContext(LlamaModel model, llama_context handle, graft_graph graph, ThreadPool threads) {
        this.model = model;
        this.handle = handle;
        this.graph = graph;
        this.memory = llama_get_memory(handle);
        this.threads = threads;
        this.vocabularySize = model.vocabularySize();
    }

    /** @throws LlamaException when there is not enough memory for the KV cache, naming its size */
    public static LlamaContext open(LlamaModel model, ContextOptions options) {
        ContextMemory.of(model, options).require(FreeMemory.now(), options);
        try (llama_context_params params = llama_context_default_params()) {
            params.n_ctx(options.cells());
            params.n_batch(options.batchTokens());
            params.n_ubatch(options.microBatchTokens());
            params.n_seq_max(options.sequences());
            params.n_threads(options.threads());
            params.n_threads_batch(options.threads());
            params.kv_unified(true);
            params.embeddings(options.embeddings());
            params.pooling_type(LLAMA_POOLING_TYPE_NONE);
            params.flash_attn_type(
                    options.attention() == Attention.PLAIN
                            ? LLAMA_FLASH_ATTN_TYPE_DISABLED
                            : LLAMA_FLASH_ATTN_TYPE_ENABLED);
            params.no_perf(true);
            graft_graph graph = graft_graph_new(model.matrices(), options.attention() == Attention.RAGGED);
            if (graph == null || graph.isNull()) {
                throw new LlamaException("out of memory");
            }
            graft_graph_install(graph, params);
            return open(model, options, params, graph);
        }
    }

    private static LlamaContext open(
            LlamaModel model, ContextOptions options, llama_context_params params, graft_graph graph) {
        llama_context handle = llama_init_from_model(model.handle(), params);
        if (handle == null || handle.isNull()) {
            graft_graph_free(graph);
            throw new LlamaException("no memory for a context of " + options.cells()
                    + " KV cells: lower graft.llama.context-tokens or graft.llama.batch-tokens");
        }
        try {
            return new LlamaContext(model, handle, graph, ThreadPool.attach(handle, options.threads()));
        } catch (LlamaException e) {
            llama_free(handle);
            graft_graph_free(graph);
            throw e;
        }
    }

    /**
     * Computes a batch: its tokens enter the KV cache, and the output rows that it asks for can be read until the next call.
     *
     * @throws LlamaException when there is no cell left, or llama.cpp fails; cells of the batch's sequences are then in doubt: remove them
     */
    public void decode(LlamaBatch batch) {
        plan(batch);
        compute(batch);
    }

    /** Tells the graph's callback which token has which adapter in the batch that is computed next. */
    void plan(LlamaBatch batch) {
        if (mixes) {
            llama_batch tokens = batch.handle();
            check(
                    graft_graph_plan(
                            graph, batch.size(), tokens.token(), batch.slots(), batch.scales(), tokens.logits()),
                    batch);
        } else if (batch.uses().stream().anyMatch(use -> use.slot() != 0)) {
            throw new IllegalStateException("tokens have slots, and the context mixes no adapters");
        }
    }

    /** Computes the batch that was planned; any other is void. */
    void compute(LlamaBatch batch) {
        int code = llama_decode(handle(), batch.handle());
        BytePointer fault =
                graft_graph_fault(graph); // read in any case: what made this decode void says nothing of the next
        if (code != 0) {
            throw new LlamaException("llama_decode of %d tokens returned %d (%s)"
                    .formatted(batch.size(), code, code == 1 ? "no KV cells left" : "see llama.cpp's log"));
        }
        check(fault, batch);
    }

    private static void check(@Nullable BytePointer fault, LlamaBatch batch) {
        if (fault != null && !fault.isNull()) {
            throw new LlamaException("a decode of " + batch.size() + " tokens is void: " + fault.getString());
        }
    }

    /** Whether this processor has what {@link #mixAdapters} needs: AVX2. */
    public static boolean canMixAdapters() {
        return Vectors.sufficeForKernels();
    }

    /**
     * From now on tokens of one batch may have different adapters. Costs nothing where none has one.
     *
     * @param placeholder of rank 1 or more, with pairs for all targets of all layers: what has llama.cpp put adapters into its graphs. Opened before
     *     this context
     * @param slots adapters that batches may have together
     */
    public void mixAdapters(LlamaAdapter placeholder, int slots) {
        if (!graft_graph_mix(graph, model.layers(), slots)) {
            throw new LlamaException("out of memory");
        }
        mixes = true;
        attach(placeholder);
    }

    /**
     * The same by nodes of ggml's own, wherever layers are computed, a GPU included. All slots' memory, of the placeholder's rank, is taken when a target is
     * needed first.
     *
     * @param rank the placeholder's, and the highest that an adapter in a slot may have; ggml's CUDA kernels want a multiple of 64 for halves, of 32 for floats
     * @param precision of all adapters that slots may have
     */
    public void mixAdaptersByNodes(LlamaAdapter placeholder, int slots, int rank, AdapterWeights.Precision precision) {
        if (precision == AdapterWeights.Precision.Q8) {
            throw new IllegalArgumentException("ggml's nodes compute adapters in F16 or F32, not in Q8");
        }
        if (!graft_graph_mix_by_nodes(graph, model.layers(), slots, rank, precision.bits())) {
            throw new LlamaException("out of memory");
        }
        mixes = true;
        attach(placeholder);
    }

    /** No longer: {@link #attach} and {@link #detach} choose one adapter for all tokens. */
    public void unmixAdapters() {
        graft_graph_unmix(graph);
        mixes = false;
        detach();
    }

    /** Has llama.cpp itself apply no adapter. */
    public void detach() {
        if (llama_set_adapters_lora(handle(), (PointerPointer<llama_adapter_lora>) null, 0, (FloatPointer) null) != 0) {
            throw new LlamaException("llama.cpp refuses to go without an adapter");
        }
    }

    /** Has llama.cpp itself apply this adapter to all tokens; the next decode takes some milliseconds more. */
    public void attach(LlamaAdapter adapter) {
        attach(adapter, 1);
    }

    /** The same, with its effect multiplied by this. */
    public void attach(LlamaAdapter adapter, float scale) {
        try (PointerPointer<llama_adapter_lora> adapters = new PointerPointer<>(1);
                FloatPointer scales = new FloatPointer(scale)) {
            adapters.put(0, adapter.handle());
            if (llama_set_adapters_lora(handle(), adapters, 1, scales) != 0) {
                throw new LlamaException("llama.cpp refuses the adapter");
            }
        }
    }

    /** Lets a slot, from 1, have these weights; empty: none. Not while {@link #decode} runs. */
    public void slot(int number, Optional<AdapterWeights> weights) {
        if (!graft_graph_slot(graph, number, weights.map(AdapterWeights::handle).orElse(null))) {
            throw new IllegalArgumentException("there is no slot " + number
                    + ", or these weights are of a higher rank, another precision or another model than it");
        }
    }

    /** Whether adapters are mixed, or llama.cpp computes the placeholder for all tokens, to compare. */
    public void mixing(boolean mixing) {
        graft_graph_mixing(graph, mixing);
    }

    /** The logits after the batch's token {@code index}. */
    public LogitRow logits(int index) {
        return new LogitRow(wanted(llama_get_logits_ith(handle(), index), "logits", index), vocabularySize);
    }

    /** Copies the last layer's row of the batch's token {@code index}, in a context made for embeddings. */
    public void embedding(int index, float[] into) {
        FloatPointer row = wanted(llama_get_embeddings_ith(handle(), index), "embedding", index);
        new LogitRow(row, model.embeddingSize()).copyTo(into);
    }

    private static FloatPointer wanted(@Nullable FloatPointer row, String what, int index) {
        if (row == null || row.isNull()) {
            throw new LlamaException("no " + what + " for token " + index + " of the batch: it was not asked for");
        }
        return row;
    }

    /** Lets a sequence share another's cells at the positions {@code [begin, end)}; nothing is copied. */
    public void share(int fromSequence, int toSequence, int begin, int end) {
        checkRange(begin, end);
        llama_memory_seq_cp(memory, sequence(fromSequence), sequence(toSequence), begin, end);
    }

    /** Takes a sequence's cells at the positions {@code [begin, end)} from it; a cell without sequences is free. */
    public void release(int sequence, int begin, int end) {
        checkRange(begin, end);
        if (!llama_memory_seq_rm(memory, sequence(sequence), begin, end)) {
            throw new LlamaException(
                    "llama.cpp can't remove positions %d to %d of sequence %d".formatted(begin, end, sequence));
        }
    }

    /** Takes all cells of a sequence from it. */
    public void release(int sequence) {
        llama_memory_seq_rm(memory, sequence(sequence), -1, -1);
    }

    private void checkRange(int begin, int end) {
        handle();
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException("positions [" + begin + ", " + end + ")");
        }
    }

    private int sequence(int number) {
        if (number < 0 || number >= LlamaBatch.MAX_SEQUENCES) {
            throw new IllegalArgumentException("sequence " + number + " is not below " + LlamaBatch.MAX_SEQUENCES);
        }
        return number;
    }

    /** How many threads the next decode computes with, at most those that the context was opened with. */
    public void useThreads(int count) {
        llama_set_n_threads(handle(), count, count);
    }

    private llama_context handle() {
        if (closed) {
            throw new IllegalStateException("the context is closed");
        }
        return handle;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            llama_free(handle);
            graft_graph_free(graph);
            threads.close();
        }
    }
}
