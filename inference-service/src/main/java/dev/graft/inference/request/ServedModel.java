package dev.graft.inference.request;

import dev.graft.inference.settings.InferenceSettings;
import dev.graft.inference.settings.InferenceSettings.ModelSettings;
import dev.graft.model.gguf.GgufFile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the served model's header. */
final class ServedModel {
    /** Its text side, read once. */
    @Produces
    @Singleton
    ModelText text(InferenceSettings settings) {
        ModelSettings model = settings.model();
        Path file = model.file();
        if (!Files.isReadable(file)) {
            throw new IllegalStateException("cannot read the model file " + file
                    + ": add one with `graft model add`, or set graft.model.file to one that is there");
        }
        try {
            return ModelText.of(ModelSettings.nameOf(model), GgufFile.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the model file " + file, e);
        }
    }
}
