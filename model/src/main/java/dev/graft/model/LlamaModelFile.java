package dev.graft.model;

import dev.graft.model.gguf.GgufFile;

/**
 * A GGUF file of the Llama architecture, checked as far as its header tells: what llama.cpp would need is there and fits together.
 *
 * @param name what its makers call it
 * @param layers transformer layers
 * @param width length of the hidden state
 * @param heads query heads of a layer
 * @param kvHeads key and value heads of a layer
 * @param headWidth length of a query, key or value vector
 * @param feedForward width of the feed-forward network
 * @param vocabulary number of tokens
 * @param contextLength tokens that it was trained to look back on
 * @param ropeBase base of the rotary position frequencies
 * @param quantisation how most of its weights are stored, such as {@code Q4_1}
 * @param parameters number of weights
 * @param fileBytes size of the file in bytes
 */
public record LlamaModelFile(
        String name,
        int layers,
        int width,
        int heads,
        int kvHeads,
        int headWidth,
        int feedForward,
        int vocabulary,
        int contextLength,
        double ropeBase,
        String quantisation,
        long parameters,
        long fileBytes) {

    /**
     * The facts of this file.
     *
     * @throws dev.graft.model.gguf.MalformedGgufException where it is no sound Llama model: names the field at fault
     */
    public static LlamaModelFile check(GgufFile file) {
        return new LlamaCheck(file).facts();
    }
}
