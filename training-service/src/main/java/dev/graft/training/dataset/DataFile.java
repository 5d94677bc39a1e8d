package dev.graft.training.dataset;

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
    /** Whether it is read as a table of comma-separated values rather than as a JSON object a line. */
    boolean table() {
        return name.toLowerCase(Locale.ROOT).endsWith(".csv");
    }
}
