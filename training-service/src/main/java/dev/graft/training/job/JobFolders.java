package dev.graft.training.job;

import java.nio.file.Path;

/** Where a job's files are, in the folder that all training-services share. */
public record JobFolders(Path folder) {
    /** What is known of its data. */
    public Path report(String id) {
        return of(id).resolve("dataset.json");
    }

    /** What it goes on from. */
    public Path checkpoints(String id) {
        return of(id).resolve("checkpoints");
    }

    /** The adapter as llama.cpp reads it. */
    public Path adapter(String id) {
        return of(id).resolve("adapter.gguf");
    }

    /** The adapter as PEFT reads it. */
    public Path peft(String id) {
        return of(id).resolve("peft");
    }

    private Path of(String id) {
        return folder.resolve("jobs").resolve(id);
    }
}
