package dev.graft.training.dataset;

import dev.graft.contracts.TrainingData;
import java.time.Instant;
import java.util.Locale;

/**
 * An uploaded file.
 *
 * @param id {@code file-} and its SHA-256: the same bytes are the same file
 * @param sha256 of its bytes
 * @param bytes how many
 * @param name as its sender called it
 * @param purpose as its sender called it: {@code fine-tune}
 * @param createdAt when it was first uploaded
 */
public record DataFile(String id, String sha256, long bytes, String name, String purpose, Instant createdAt) {
    /** How it is read, as its name says. */
    TrainingData.Format format() {
        return name.toLowerCase(Locale.ROOT).endsWith(".csv") ? TrainingData.Format.CSV : TrainingData.Format.JSONL;
    }
}
