package dev.graft.training.job;

import dev.graft.contracts.AdapterLineage;
import dev.graft.contracts.TrainingRequest;
import dev.graft.model.adapter.PeftExport;
import dev.graft.training.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

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

    /**
     * Writes both forms and publishes the first; after a crash in between the same again.
     *
     * @param wanted asked before anything is seen by others; throws where it is not
     */
    AdapterPublisher.Published write(TrainingRequest request, Learner learner, AdapterLineage lineage, Runnable wanted)
            throws IOException, InterruptedException {
        Path gguf = folders.adapter(request.id());
        Path folder = DurableFiles.createFolder(DurableFiles.folderOf(gguf));
        // A name of its own: another worker may write the same adapter at this moment.
        Path partial = folder.resolve(".adapter." + UUID.randomUUID() + ".part");
        try {
            learner.writeAdapter(partial);
            wanted.run();
            DurableFiles.replace(partial, gguf);
        } finally {
            Files.deleteIfExists(partial);
        }
        Path peft = DurableFiles.createFolder(folders.peft(request.id()));
        PeftExport.write(gguf, base.checked(), MOST_RANK, peft);
        DurableFiles.syncFiles(peft);
        return publisher.publish(request.adapter(), gguf, lineage, wanted);
    }
}
