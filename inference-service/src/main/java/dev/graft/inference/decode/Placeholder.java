package dev.graft.inference.decode;

import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaModel;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The adapter that has llama.cpp put the nodes for adapters into its graphs. What it says itself is computed by the self-check only. */
final class Placeholder {
    static final RandomAdapter WEIGHTS = RandomAdapter.ofAllTargets(1, 1);

    private Placeholder() {}

    /** Opens it; before the context that mixes adapters. */
    static LlamaAdapter open(LlamaModel model, LlamaModelFile base) {
        try {
            Path file = Files.createTempFile("graft-placeholder", ".gguf");
            try {
                WEIGHTS.writeTo(file, base);
                return LlamaAdapter.open(model, file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the placeholder adapter to the temporary folder", e);
        }
    }
}
