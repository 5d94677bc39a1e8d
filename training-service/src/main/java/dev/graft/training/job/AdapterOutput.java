package dev.graft.training.job;

import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.TrainingRequest;
import dev.graft.model.adapter.PeftExport;
import dev.graft.training.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What a training leaves: the adapter as llama.cpp reads it and as PEFT does, and its place in the registry. */
public final class AdapterOutput {
    private static final int MOST_RANK = 1024;

    private final JobFolders folders;
    private final BaseModel base;
    private final AdapterPublisher publisher;

    public AdapterOutput(JobFolders folders, BaseModel base, AdapterPublisher publisher) {
        this.folders = folders;
        this.base = base;
        this.publisher = publisher;
    }

    /** Writes both forms and publishes the first; after a crash in between the same again. */
    AdapterPublisher.Published write(TrainingRequest request, Learner learner, AdapterLineage lineage)
            throws IOException, InterruptedException {
        Path gguf = folders.adapter(request.id());
        Path partial = gguf.resolveSibling(".adapter.gguf.part");
        Files.createDirectories(gguf.getParent());
        learner.writeAdapter(partial);
        DurableFiles.sync(partial);
        Files.move(partial, gguf, StandardCopyOption.ATOMIC_MOVE);
        PeftExport.write(gguf, base.checked(), MOST_RANK, folders.peft(request.id()));
        return publisher.publish(request.adapter(), gguf, lineage);
    }
}
