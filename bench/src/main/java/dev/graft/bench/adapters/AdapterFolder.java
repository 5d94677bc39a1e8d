package dev.graft.bench.adapters;

import dev.graft.bench.server.Machine;
import dev.graft.bench.server.TemporaryFolder;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.adapter.RandomAdapter;
import dev.graft.model.adapter.Target;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Adapters of random weights, each made when it is asked for first. */
record AdapterFolder(TemporaryFolder folder, LlamaModelFile base) implements AutoCloseable {
    static final int RANK = 16;
    static final Set<Target> QV = EnumSet.of(Target.Q, Target.V);
    static final Set<Target> ALL = EnumSet.allOf(Target.class);
    private static final double STRENGTH = 0.05;

    static AdapterFolder create(Machine machine) throws IOException {
        return new AdapterFolder(TemporaryFolder.create(), LlamaModelFile.check(GgufFile.read(machine.model())));
    }

    /** The first so many adapters of these targets, of rank 16. */
    List<Path> files(Set<Target> targets, int count) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(file(new RandomAdapter(targets, RANK, RANK, STRENGTH, i + 1)));
        }
        return files;
    }

    /** What has llama.cpp put adapters into its graphs. */
    Path placeholder() throws IOException {
        return file(RandomAdapter.ofAllTargets(1, 0));
    }

    private Path file(RandomAdapter adapter) throws IOException {
        Path file = folder.path()
                .resolve("of-%d-targets-%d.gguf".formatted(adapter.targets().size(), adapter.seed()));
        if (!Files.exists(file)) {
            adapter.writeTo(file, base);
        }
        return file;
    }

    Path path() {
        return folder.path();
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
