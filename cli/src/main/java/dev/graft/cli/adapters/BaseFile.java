package dev.graft.cli.adapters;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.model.LlamaModelFile;
import dev.graft.model.MalformedFileException;
import dev.graft.model.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The model that a stack serves, as a file of this machine: adapters are read and written by its shapes.
 *
 * @param path where it lies
 * @param facts what its header says
 */
public record BaseFile(Path path, LlamaModelFile facts) {
    /** The setting that names the model file, as a variable. */
    private static final String VARIABLE = "GRAFT_MODEL_FILE";

    /** The file that the environment names. */
    public static Optional<Path> named() {
        return Optional.ofNullable(System.getenv(VARIABLE))
                .filter(file -> !file.isBlank())
                .map(Path::of);
    }

    /**
     * @param named where somebody named it
     * @param models the folder of models
     * @param served what the service calls its base model: by default its file's name without the ending
     * @throws FaultException {@code no_base_model}, {@code not_a_llama_model}
     */
    public static BaseFile find(Optional<Path> named, Path models, String served) throws IOException {
        Path path = named.orElse(models.resolve(served + ".gguf"));
        if (!Files.isRegularFile(path)) {
            throw new FaultException(Fault.input(
                    "no_base_model", "--base", path, "is no file: name the GGUF file that is served as " + served));
        }
        try {
            return new BaseFile(path, LlamaModelFile.check(GgufFile.read(path)));
        } catch (MalformedFileException e) {
            throw new FaultException(
                    Fault.input("not_a_llama_model", path + " " + e.field(), e.value(), e.remedy()), e);
        }
    }

    /** SHA-256 of the file, by which adapters know their base; about a second for each gigabyte. */
    public String sha256() throws IOException {
        return LocalFile.sha256(path);
    }
}
