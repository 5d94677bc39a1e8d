package dev.graft.inference.decode;

import dev.graft.inference.settings.InferenceSettings;
import dev.graft.inference.settings.LlamaSettings;
import dev.graft.llama.LlamaException;
import dev.graft.llama.LlamaLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** llama.cpp's libraries, with CUDA where it is wanted: asked for, it must work; only found, the service goes on without it and says why. */
final class LibraryChoice {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryChoice.class);

    private static final String CUDA_LIBRARY = "libggml-cuda.so";

    private LibraryChoice() {}

    /** @throws LlamaException when a library can't be loaded, or CUDA is asked for and can't be used */
    static LlamaLibrary of(InferenceSettings settings) {
        LlamaSettings llama = settings.llama();
        Path directory = llama.cudaDirectory()
                .orElseGet(() -> settings.home().resolve("cache").resolve("llama-cuda"));
        if (llama.cuda().isPresent()) {
            return LlamaLibrary.load(
                    Optional.of(directory).filter(asked -> llama.cuda().get()));
        }
        return Files.isRegularFile(directory.resolve(CUDA_LIBRARY))
                ? withCudaIfItWorks(directory)
                : LlamaLibrary.load(Optional.empty());
    }

    private static LlamaLibrary withCudaIfItWorks(Path directory) {
        try {
            return LlamaLibrary.load(Optional.of(directory));
        } catch (LlamaException e) {
            LOG.warn("computing without the CUDA libraries that were found: {}", e.getMessage());
            return LlamaLibrary.load(Optional.empty());
        }
    }
}
