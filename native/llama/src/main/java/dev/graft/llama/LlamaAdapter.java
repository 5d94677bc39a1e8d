package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.llama_adapter_lora_init;

import dev.graft.llama.jni.llama_adapter_lora;
import java.nio.file.Path;

/**
 * An adapter as llama.cpp itself holds it: one applies to all tokens of a decode. It lives as long as its model, which frees it.
 */
public final class LlamaAdapter {
    private final llama_adapter_lora handle;

    private LlamaAdapter(llama_adapter_lora handle) {
        this.handle = handle;
    }

    /**
     * Loads a GGUF file that {@code dev.graft.model} has found sound.
     *
     * @throws LlamaException when llama.cpp can't load it for this model
     */
    public static LlamaAdapter open(LlamaModel model, Path file) {
        llama_adapter_lora handle = llama_adapter_lora_init(model.handle(), file.toString());
        if (handle == null || handle.isNull()) {
            throw new LlamaException("llama.cpp can't load the adapter " + file + ": its log above says why");
        }
        return new LlamaAdapter(handle);
    }

    llama_adapter_lora handle() {
        return handle;
    }
}
