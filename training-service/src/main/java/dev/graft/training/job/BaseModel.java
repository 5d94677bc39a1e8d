package dev.graft.training.job;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.gguf.GgufFile;
import dev.graft.training.settings.TrainingSettings;
import dev.graft.training.store.Sha256;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The model that is served, of which adapters are trained. Read when the first job comes, not before. */
@Singleton
public class BaseModel {
    private final Path file;
    private final String name;
    private @Nullable String sha256;

    public BaseModel(TrainingSettings settings) {
        file = settings.model().file();
        name = settings.model()
                .name()
                .orElseGet(() -> String.valueOf(file.getFileName()).replaceFirst("\\.gguf$", ""));
    }

    public Path file() {
        return file;
    }

    /** What clients call it. */
    public String name() {
        return name;
    }

    /** @throws FaultException {@code model_not_found} where jobs ask for another one */
    void require(String asked) {
        if (!asked.equals(name)) {
            throw new FaultException(
                    Fault.input("model_not_found", "model", asked, "must be " + name + ", which is served here"));
        }
    }

    /** Its header. */
    public GgufFile header() throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return GgufFile.read(channel);
        }
    }

    /** Its header, checked to be a Llama model's. */
    public LlamaModelFile checked() throws IOException {
        return LlamaModelFile.check(header());
    }

    /** Of the whole file; taken once. */
    public synchronized String sha256() throws IOException {
        String known = sha256;
        if (known == null) {
            known = Sha256.of(file);
            sha256 = known;
        }
        return known;
    }
}
