package dev.graft.inference.adapter;

import dev.graft.contracts.AdapterGeneration;
import dev.graft.inference.adapter.files.Sha256;
import dev.graft.inference.settings.InferenceSettings;
import dev.graft.inference.settings.InferenceSettings.ModelSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The model that is served here, as adapters know it: by its file's SHA-256. */
@Singleton
public class BaseModel {
    private final String name;
    private final Path file;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable String sha256;

    public BaseModel(InferenceSettings settings) {
        name = ModelSettings.nameOf(settings.model());
        file = settings.model().file();
    }

    /** What clients call it. */
    public String name() {
        return name;
    }

    /** SHA-256 of its file; the first call reads all of it, about a second for each gigabyte. Not before an adapter is there that needs it. */
    public String sha256() {
        String known = sha256;
        return known == null ? readOnce() : known;
    }

    /** {@link #sha256()}, where it was read already. */
    public Optional<String> knownSha256() {
        return Optional.ofNullable(sha256);
    }

    /** Whether this generation is for this model. */
    boolean carries(AdapterGeneration generation) {
        return sha256().equals(generation.baseSha256());
    }

    private String readOnce() {
        reading.lock();
        try {
            String known = sha256;
            if (known == null) {
                known = Sha256.of(file);
                sha256 = known;
            }
            return known;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model file " + file, e);
        } finally {
            reading.unlock();
        }
    }
}
