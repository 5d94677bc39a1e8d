package dev.graft.inference.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * All settings of the service. {@code llama.gpuLayers} below is the property {@code graft.llama.gpu-layers} and the environment variable
 * {@code GRAFT_LLAMA_GPU_LAYERS}.
 */
@ConfigMapping(prefix = "graft")
public interface InferenceSettings {
    /** Where models, adapters and downloads lie ({@code GRAFT_HOME}). */
    @WithDefault("${user.home}/.graft")
    Path home();

    /** The model that is served. */
    ModelSettings model();

    /** How llama.cpp computes. */
    LlamaSettings llama();

    /** What a request may ask for. */
    Limits limits();

    /** How tokens are drawn where a request leaves it open. */
    SamplingDefaults sampling();

    /** The door for events. */
    KafkaSettings kafka();

    /** Where adapters' files come from. */
    AdapterSettings adapters();

    /** The model that is served. */
    interface ModelSettings {
        /** A GGUF file of the Llama architecture. */
        @WithDefault("${graft.home}/models/SmolLM2-135M-Instruct.Q4_1.gguf")
        Path file();

        /** What clients call it; default: the file's name without {@code .gguf}. */
        Optional<String> name();

        /** What clients call the model: {@link #name()}, or the file's name without {@code .gguf}. */
        static String nameOf(ModelSettings model) {
            return model.name()
                    .orElseGet(() -> String.valueOf(model.file().getFileName()).replaceFirst("\\.gguf$", ""));
        }
    }

    /** How tokens are drawn where a request leaves it open: the fields of {@link dev.graft.contracts.Sampling}. */
    interface SamplingDefaults {
        /** Most tokens of an answer; OpenAI's completions API has 16, its chat API no limit. */
        @WithDefault("512")
        int maxTokens();

        /** 0 takes the likeliest token; 1 is the model's own distribution, as with OpenAI. */
        @WithDefault("1")
        double temperature();

        /** Draw from the k likeliest; 0 from all. */
        @WithDefault("0")
        int topK();

        /** Draw from the likeliest that together have this probability; 1 from all. */
        @WithDefault("1")
        double topP();

        /** Drop tokens less likely than this share of the likeliest's probability; 0 none. */
        @WithDefault("0")
        double minP();

        /** 1: not at all. */
        @WithDefault("1")
        double repeatPenalty();

        /** Tokens back that penalties look. */
        @WithDefault("64")
        @WithName("repeat-last-n")
        int repeatLastN();
    }
}
