package dev.graft.inference.decode;

import dev.graft.inference.prefix.Cells;
import dev.graft.llama.LlamaContext;

/** llama.cpp's KV cache as prefixes and jobs handle it. */
record LlamaCells(LlamaContext context) implements Cells {
    @Override
    public void share(int from, int to, int begin, int end) {
        context.share(from, to, begin, end);
    }

    @Override
    public void release(int sequence, int begin, int end) {
        context.release(sequence, begin, end);
    }

    @Override
    public void release(int sequence) {
        context.release(sequence);
    }
}
