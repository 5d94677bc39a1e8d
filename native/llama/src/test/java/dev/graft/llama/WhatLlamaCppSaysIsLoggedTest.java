package dev.graft.llama;

import static dev.graft.llama.jni.global.llama.GGML_LOG_LEVEL_INFO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class WhatLlamaCppSaysIsLoggedTest {
    private static final Path MODEL =
            Path.of(System.getProperty("graft.home"), "models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    @Test
    void peopleLearnWhereWeightsAndCellsLie() {
        List<String> lines = linesOf(() -> {
            try (LlamaModel model = LlamaModel.open(LlamaLibrary.load(Optional.empty()), MODEL, 0, Products.GGML)) {
                LlamaContext.open(model, new ContextOptions(512, 64, 1, 1, Attention.FLASH, false))
                        .close();
            }
        });

        assertThat(lines)
                .anyMatch(line -> line.contains("model buffer size"))
                .anyMatch(line -> line.contains("KV buffer size"))
                .anyMatch(line -> line.contains("compute buffer size"))
                .hasSizeLessThan(20);
    }

    @Test
    void layersOnTheGpuAreThoseThatItNames() {
        LlamaLibrary.load(Optional.empty());
        try (LlamaLog log = new LlamaLog(System.getLogger("test"));
                BytePointer line = new BytePointer("load_tensors: offloaded 12/31 layers to GPU\n")) {
            log.beforeModel();
            assertThat(log.offloadedLayers()).isZero();
            log.call(GGML_LOG_LEVEL_INFO, line, new Pointer());
            assertThat(log.offloadedLayers()).isEqualTo(12);
        }
    }

    /** What is logged for people to read. */
    private static List<String> linesOf(Runnable work) {
        List<String> lines = new ArrayList<>();
        Logger logger = Logger.getLogger(LlamaLibrary.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.INFO.intValue()) {
                    lines.add(line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            work.run();
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }
}
