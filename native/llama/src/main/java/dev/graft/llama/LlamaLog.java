package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_CONT;
import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_ERROR;
import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_INFO;
import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_WARN;

import dev.graft.llama.jni.ggml_log_callback;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * llama.cpp's log lines on their way into the service's log. Of what it tells for information, {@link #TOLD} goes to people: where weights, KV cells
 * and buffers lie. The rest, a hundred lines a model, is for debugging. Called from native threads: nothing may be thrown through them.
 */
final class LlamaLog extends ggml_log_callback {
    private static final Pattern TOLD =
            Pattern.compile("(load_backend|load_tensors|llama_kv_cache|ggml_cuda_init):|  Device \\d|.* buffer size =");

    private static final Pattern OFFLOADED = Pattern.compile("offloaded (\\d+)/\\d+ layers to GPU");

    private final System.Logger log;
    private int level;
    private volatile int offloadedLayers;

    LlamaLog(System.Logger log) {
        this.log = log;
    }

    @Override
    @SuppressWarnings("CatchAndPrintStackTrace")
    public void call(int lineLevel, BytePointer text, Pointer user) {
        try {
            level = lineLevel == GGML_LOG_LEVEL_CONT ? level : lineLevel;
            String line = text.getString(StandardCharsets.UTF_8).stripTrailing();
            if (line.isEmpty() || line.equals(".")) {
                return;
            }
            Matcher offloaded = OFFLOADED.matcher(line);
            if (offloaded.find()) {
                offloadedLayers = Integer.parseInt(offloaded.group(1));
            }
            log.log(levelOf(level, line), line);
        } catch (Throwable broken) {
            // An exception that left a native callback would end the process.
            broken.printStackTrace();
        }
    }

    static System.Logger.Level levelOf(int level, String line) {
        return switch (level) {
            case GGML_LOG_LEVEL_ERROR -> System.Logger.Level.ERROR;
            case GGML_LOG_LEVEL_WARN -> System.Logger.Level.WARNING;
            case GGML_LOG_LEVEL_INFO ->
                TOLD.matcher(line).lookingAt() ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
            default -> System.Logger.Level.DEBUG;
        };
    }

    /** A model is about to be loaded. */
    void beforeModel() {
        offloadedLayers = 0;
    }

    /** What llama.cpp said of the model that was loaded since {@link #beforeModel}: its layers on the GPU, the output counted as one. */
    int offloadedLayers() {
        return offloadedLayers;
    }
}
