package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_BACKEND_DEVICE_TYPE_CPU;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_count;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_description;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_get;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_name;
import static dev.graft.llama.jni.global.llama.ggml_backend_dev_type;
import static dev.graft.llama.jni.global.llama.ggml_backend_load_all_from_path;
import static dev.graft.llama.jni.global.llama.llama_backend_init;
import static dev.graft.llama.jni.global.llama.llama_log_set;
import static dev.graft.llama.jni.global.llama.llama_print_system_info;

import dev.graft.llama.jni.ggml_backend_device;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The native libraries, loaded once a process: libllama and ggml, the CPU variant that fits this machine (ggml picks it), and the CUDA backend
 * where its libraries are given.
 */
public final class LlamaLibrary {
    /** Not SLF4J: this jar is loaded by the parent of the class loader that has it. */
    private static final System.Logger LOG = System.getLogger(LlamaLibrary.class.getName());

    private static final String RESOURCES = "/dev/graft/llama/linux-x86_64/";
    private static final List<String> CPU_VARIANTS = List.of(
            "x64",
            "sse42",
            "sandybridge",
            "ivybridge",
            "piledriver",
            "haswell",
            "alderlake",
            "skylakex",
            "cannonlake",
            "cascadelake",
            "icelake",
            "cooperlake",
            "zen4",
            "sapphirerapids");

    private static @Nullable LlamaLibrary loaded;

    private final List<Device> devices;
    private final String systemInfo;

    /** Native code calls it for as long as the process lives: never let it be collected. */
    private final LlamaLog log;

    private LlamaLibrary(LlamaLog log, List<Device> devices, String systemInfo) {
        this.log = log;
        this.devices = devices;
        this.systemInfo = systemInfo;
    }

    /**
     * Loads the libraries, or gives what is loaded already. Where CUDA can't be had, they may be loaded again without it.
     *
     * @param cudaDirectory a folder with {@code libggml-cuda.so} and what it needs; empty: nothing of CUDA is loaded
     * @throws LlamaException when a library is missing or can't be loaded, or CUDA finds no device
     */
    public static synchronized LlamaLibrary load(Optional<Path> cudaDirectory) {
        if (loaded == null) {
            loaded = loadNow();
        }
        if (cudaDirectory.isPresent() && !loaded.hasGpu()) {
            CudaBackend.load(cudaDirectory.get());
            loaded = new LlamaLibrary(
                    loaded.log, findDevices(), llama_print_system_info().getString());
        }
        return loaded;
    }

    private static LlamaLibrary loadNow() {
        try {
            UnpackedLibraries.choose(RESOURCES);
            File directory = new File(Loader.load(dev.graft.llama.jni.global.llama.class)).getParentFile();
            LlamaLog log = new LlamaLog(LOG);
            llama_log_set(log, null);
            placeCpuVariants(directory);
            ggml_backend_load_all_from_path(directory.getPath());
            llama_backend_init();
            List<Device> devices = findDevices();
            if (devices.stream().noneMatch(Device::cpu)) {
                throw new LlamaException("no CPU variant of ggml in " + directory + " runs on this machine");
            }
            return new LlamaLibrary(log, devices, llama_print_system_info().getString());
        } catch (UnsatisfiedLinkError | IOException e) {
            throw new LlamaException(
                    "llama.cpp's libraries can't be loaded (" + e.getMessage()
                            + "): they come with the native-llama jar, for Linux on x86-64 with glibc 2.34 or later",
                    e);
        }
    }

    /** ggml looks for its variants beside libllama, where JavaCPP doesn't put them since nothing links them. */
    private static void placeCpuVariants(File directory) throws IOException {
        for (String variant : CPU_VARIANTS) {
            String name = "libggml-cpu-" + variant + ".so";
            if (new File(directory, name).exists()) {
                continue;
            }
            File placed = Loader.cacheResource(LlamaLibrary.class, RESOURCES + name);
            if (placed == null || !directory.equals(placed.getParentFile())) {
                throw new LlamaException(name + " is not in the native-llama jar");
            }
        }
    }

    private static List<Device> findDevices() {
        List<Device> devices = new ArrayList<>();
        for (long i = 0; i < ggml_backend_dev_count(); i++) {
            ggml_backend_device device = ggml_backend_dev_get(i);
            devices.add(new Device(
                    ggml_backend_dev_name(device).getString(),
                    ggml_backend_dev_description(device).getString(),
                    ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU));
        }
        return List.copyOf(devices);
    }

    /** What ggml can compute on. */
    public List<Device> devices() {
        return devices;
    }

    public boolean hasGpu() {
        return devices.stream().anyMatch(device -> !device.cpu());
    }

    LlamaLog log() {
        return log;
    }

    /** llama.cpp's own line on the instruction sets in use. */
    public String systemInfo() {
        return systemInfo;
    }

    /**
     * @param name such as {@code CPU} or {@code CUDA0}
     * @param description such as the processor's model
     */
    public record Device(String name, String description, boolean cpu) {}
}
