package dev.graft.inference.decode;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaModel;
import dev.graft.model.adapter.RandomAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The adapter that has llama.cpp put the nodes for adapters into its graphs.
 *
 * @param adapter as llama.cpp has it
 * @param weights the same in a slot's form, to compare the two
 */
record Placeholder(LlamaAdapter adapter, AdapterWeights weights) implements AutoCloseable {
    private static final RandomAdapter CONTENT = RandomAdapter.ofAllTargets(1, 1);

    /** Opens it; before the context that mixes adapters. */
    static Placeholder open(LlamaModel model, AdapterReader reader) {
        try {
            Path file = Files.createTempFile("graft-placeholder", ".gguf");
            try {
                CONTENT.writeTo(file, reader.base());
                return new Placeholder(LlamaAdapter.open(model, file), reader.read(file));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the placeholder adapter to the temporary folder", e);
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}
