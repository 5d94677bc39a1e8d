package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_CONT;
import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_ERROR;
import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_WARN;

import dev.graft.llama.jni.ggml_log_callback;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** llama.cpp's log lines on their way into the service's log. Called from native threads: nothing may be thrown through them. */
final class LlamaLog extends ggml_log_callback {
    private final System.Logger log;
    private int level;

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
            if (level == GGML_LOG_LEVEL_ERROR) {
                log.log(System.Logger.Level.ERROR, line);
            } else if (level == GGML_LOG_LEVEL_WARN) {
                log.log(System.Logger.Level.WARNING, line);
            } else {
                log.log(System.Logger.Level.DEBUG, line);
            }
        } catch (Throwable broken) {
            // An exception that left a native callback would end the process.
            broken.printStackTrace();
        }
    }
}
