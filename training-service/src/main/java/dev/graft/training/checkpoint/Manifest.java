package dev.graft.training.checkpoint;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.FaultException;
import dev.graft.training.store.DurableFiles;
import dev.graft.training.store.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says what a checkpoint's files must be; written last.
 *
 * @param state SHA-256 of the trainer's file
 * @param progress SHA-256 of what the job knows beside
 */
record Manifest(String state, String progress) {
    static final String STATE = "trainer.state";
    static final String PROGRESS = "progress.json";
    private static final String FILE = "manifest.json";

    /** Of the files in this folder, which are safe on the disk when this returns. */
    static void write(Path folder) throws IOException {
        DurableFiles.sync(folder.resolve(STATE));
        DurableFiles.sync(folder.resolve(PROGRESS));
        var manifest = new Manifest(Sha256.of(folder.resolve(STATE)), Sha256.of(folder.resolve(PROGRESS)));
        DurableFiles.write(folder.resolve(FILE), EventJson.write(manifest));
    }

    /** The checkpoint in this folder; empty where a file is missing or is not what it was. */
    static Optional<Checkpoint> read(Path folder) throws IOException {
        Path state = folder.resolve(STATE);
        Path progress = folder.resolve(PROGRESS);
        Path manifest = folder.resolve(FILE);
        if (!Files.exists(state) || !Files.exists(progress) || !Files.exists(manifest)) {
            return Optional.empty();
        }
        try {
            Manifest expected = EventJson.read(Files.readAllBytes(manifest), Manifest.class);
            return expected.equals(new Manifest(Sha256.of(state), Sha256.of(progress)))
                    ? Optional.of(new Checkpoint(state, EventJson.read(Files.readAllBytes(progress), Progress.class)))
                    : Optional.empty();
        } catch (FaultException e) {
            return Optional.empty(); // no JSON: torn as well
        }
    }
}
