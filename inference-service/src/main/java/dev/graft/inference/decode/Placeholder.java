package dev.graft.inference.decode;

import dev.graft.llama.AdapterWeights;
import dev.graft.llama.LlamaAdapter;
import dev.graft.llama.LlamaModel;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * The adapter that has llama.cpp put the nodes for adapters into its graphs.
 *
 * @param adapter as llama.cpp has it
 * @param weights the same in a slot's form, to compare the two
 */
record Placeholder(LlamaAdapter adapter, AdapterWeights weights) implements AutoCloseable {
    private static final int SEED = 1;
    /** Much, so that what is rounded elsewhere is little beside it. */
    private static final double STRENGTH = 0.2;

    /** Opens it; before the context that mixes adapters. */
    static Placeholder open(LlamaModel model, AdapterReader reader, int rank) {
        try {
            Path file = Files.createTempFile("graft-placeholder", ".gguf");
            try {
                new RandomAdapter(Set.of(Target.values()), rank, rank, STRENGTH, SEED).writeTo(file, reader.base());
                AdapterReader ofThisRank = new AdapterReader(reader.base(), reader.precision(), rank);
                return new Placeholder(LlamaAdapter.open(model, file), ofThisRank.read(file));
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
