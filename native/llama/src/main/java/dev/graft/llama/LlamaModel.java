package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.LLAMA_LOAD_MODE_NONE;
import static dev.graft.llama.jni.global.llama.graft_matrices_free;
import static dev.graft.llama.jni.global.llama.graft_matrices_new;
import static dev.graft.llama.jni.global.llama.llama_model_default_params;
import static dev.graft.llama.jni.global.llama.llama_model_free;
import static dev.graft.llama.jni.global.llama.llama_model_get_vocab;
import static dev.graft.llama.jni.global.llama.llama_model_load_from_file;
import static dev.graft.llama.jni.global.llama.llama_model_n_embd;
import static dev.graft.llama.jni.global.llama.llama_model_n_head;
import static dev.graft.llama.jni.global.llama.llama_model_n_head_kv;
import static dev.graft.llama.jni.global.llama.llama_model_n_layer;
import static dev.graft.llama.jni.global.llama.llama_model_size;
import static dev.graft.llama.jni.global.llama.llama_vocab_n_tokens;

import dev.graft.llama.jni.graft_matrices;
import dev.graft.llama.jni.llama_model;
import dev.graft.llama.jni.llama_model_params;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model's weights in memory, shared by all its contexts. Immutable and thread-safe; close it after its contexts. */
public final class LlamaModel implements AutoCloseable {
    private final llama_model handle;
    private final @Nullable graft_matrices matrices;
    private final int gpuLayers;
    private boolean closed;

    private LlamaModel(llama_model handle, @Nullable graft_matrices matrices, int gpuLayers) {
        this.handle = handle;
        this.matrices = matrices;
        this.gpuLayers = gpuLayers;
    }

    /**
     * Loads a GGUF file that {@code dev.graft.model} has found sound.
     *
     * @param library proof that the native libraries are loaded
     * @param gpuLayers how many layers to offload; more than there are means all; 0 on a machine without a GPU
     * @param products who multiplies by the weights that are not on the GPU
     * @throws LlamaException when llama.cpp can't load it
     */
    public static LlamaModel open(LlamaLibrary library, Path file, int gpuLayers, Products products) {
        try (llama_model_params params = llama_model_default_params()) {
            params.n_gpu_layers(library.hasGpu() ? gpuLayers : 0);
            params.use_extra_bufts(products == Products.GGML);
            // Nearly all weights are repacked for the CPU variant or moved to the GPU: mapped, the file would be in
            // memory a second time.
            params.load_mode(LLAMA_LOAD_MODE_NONE);
            return open(library, file, params, products);
        }
    }

    private static LlamaModel open(LlamaLibrary library, Path file, llama_model_params params, Products products) {
        // One at a time: the log doesn't say which model its lines are about.
        synchronized (library.log()) {
            library.log().beforeModel();
            llama_model handle = llama_model_load_from_file(file.toString(), params);
            if (handle == null || handle.isNull()) {
                throw new LlamaException(
                        "llama.cpp can't load " + file
                                + ": its log above says why; too little memory, or an architecture that this version doesn't know");
            }
            return new LlamaModel(
                    handle,
                    products == Products.PACKED ? newMatrices() : null,
                    library.log().offloadedLayers());
        }
    }

    private static graft_matrices newMatrices() {
        graft_matrices matrices = graft_matrices_new();
        if (matrices == null || matrices.isNull()) {
            throw new LlamaException("out of memory");
        }
        return matrices;
    }

    public int vocabularySize() {
        return llama_vocab_n_tokens(llama_model_get_vocab(handle));
    }

    /** Length of a row of the last layer, of an embedding. */
    public int embeddingSize() {
        return llama_model_n_embd(handle);
    }

    public int layers() {
        return llama_model_n_layer(handle);
    }

    /** Attention heads of a layer. */
    int heads() {
        return llama_model_n_head(handle);
    }

    /** Length of the keys, and of the values, that one token leaves in one layer. */
    int keySize() {
        return llama_model_n_embd(handle) / llama_model_n_head(handle) * llama_model_n_head_kv(handle);
    }

    /** Layers on the GPU, as llama.cpp says, the output layer counted as one. */
    public int offloadedLayers() {
        return gpuLayers;
    }

    public long bytes() {
        return llama_model_size(handle);
    }

    /** The weights as Graft's kernel wants them; null where ggml multiplies. */
    @Nullable
    graft_matrices matrices() {
        return matrices;
    }

    llama_model handle() {
        if (closed) {
            throw new IllegalStateException("the model is closed");
        }
        return handle;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            llama_model_free(handle);
            if (matrices != null) {
                graft_matrices_free(matrices);
            }
        }
    }
}
