package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.ggml_backend_load;
import static dev.graft.llama.jni.global.llama.ggml_backend_reg_dev_count;
import static dev.graft.llama.jni.global.llama.ggml_backend_unload;

import dev.graft.llama.jni.ggml_backend_reg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * ggml's CUDA backend: {@code libggml-cuda.so}, and of the files beside it those that it needs and that the system's loader doesn't find. All are
 * loaded from where they lie.
 */
final class CudaBackend {
    static final String LIBRARY = "libggml-cuda.so";

    private static final Pattern MISSING = Pattern.compile("(lib[^\\s:/]+): cannot open shared object file");

    private final Path directory;
    private final Set<String> tried = new HashSet<>();

    private CudaBackend(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /**
     * Adds its devices to ggml's.
     *
     * @throws LlamaException when it is not there, can't be loaded, is of another version, or finds no device
     */
    static void load(Path directory) {
        new CudaBackend(directory).load();
    }

    private void load() {
        Path library = directory.resolve(LIBRARY);
        if (!Files.isRegularFile(library)) {
            throw new LlamaException("no " + LIBRARY + " in " + directory
                    + ": graft.llama.cuda-directory must name the folder that has it");
        }
        try {
            loadWithItsNeeds(library);
        } catch (UnsatisfiedLinkError e) {
            throw new LlamaException(
                    "CUDA can't be used, " + e.getMessage() + ": libcuda.so.1 comes with NVIDIA's driver; libcudart and"
                            + " libcublas of the CUDA version that " + LIBRARY + " was built with may lie beside it in "
                            + directory + ". Or set graft.llama.cuda=false",
                    e);
        }
        register(library);
    }

    /** dlopen finds what is loaded already, under its own name, wherever it lies. */
    private void loadWithItsNeeds(Path library) {
        while (true) {
            try {
                System.load(library.toString());
                return;
            } catch (UnsatisfiedLinkError e) {
                loadWithItsNeeds(neededBeside(e).orElseThrow(() -> e));
            }
        }
    }

    /** The file of this folder that the loader did not find; none twice. */
    private Optional<Path> neededBeside(UnsatisfiedLinkError error) {
        Matcher missing = MISSING.matcher(String.valueOf(error.getMessage()));
        return missing.find() && tried.add(missing.group(1))
                ? Optional.of(directory.resolve(missing.group(1))).filter(Files::isRegularFile)
                : Optional.empty();
    }

    private static void register(Path library) {
        ggml_backend_reg backend = ggml_backend_load(library.toString());
        if (backend == null || backend.isNull()) {
            throw new LlamaException("CUDA can't be used, " + library
                    + " is no backend for this version of ggml (its log above says more): take the one of llama.cpp v0.5.0,"
                    + " or set graft.llama.cuda=false");
        }
        if (ggml_backend_reg_dev_count(backend) == 0) {
            ggml_backend_unload(backend);
            throw new LlamaException(
                    "CUDA can't be used, " + library
                            + " finds no device: nvidia-smi must show one, and a container must be given it. Or set graft.llama.cuda=false");
        }
    }
}
