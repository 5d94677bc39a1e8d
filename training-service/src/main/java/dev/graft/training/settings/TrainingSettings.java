package dev.graft.training.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All settings of the service. {@code training.fileBytes} below is the property {@code graft.training.file-bytes} and the environment variable
 * {@code GRAFT_TRAINING_FILE_BYTES}.
 */
@ConfigMapping(prefix = "graft")
public interface TrainingSettings {
    /** Where models, adapters and the training's files lie ({@code GRAFT_HOME}). */
    @WithDefault("${user.home}/.graft")
    Path home();

    /** The model that adapters are trained for. */
    ModelSettings model();

    /** How, and with what, is trained. */
    JobSettings training();

    /** Where finished adapters go. */
    AdapterSettings adapters();

    /** Who registers them. */
    InferenceSettings inference();

    /** The broker. */
    KafkaSettings kafka();

    /** The model that adapters are trained for. */
    interface ModelSettings {
        /** The GGUF file that is served. */
        @WithDefault("${graft.home}/models/SmolLM2-135M-Instruct.Q4_1.gguf")
        Path file();

        /** What clients call it; default: the file's name without {@code .gguf}. */
        Optional<String> name();
    }

    /** How, and with what, is trained. */
    interface JobSettings {
        /** Data, checkpoints and results, shared by all training-services: a folder on storage that each of them sees. */
        @WithDefault("${graft.home}/training")
        Path folder();

        /** Most bytes of memory that all trainings of this service may take together, beside the JVM; default: two thirds of the machine's. */
        Optional<Long> memory();

        /** Threads that compute; default: as many as there are cores. */
        OptionalInt threads();

        /** Nice value of the threads that compute: 19 leaves the cores to serving whenever that wants them. */
        @WithDefault("19")
        int nice();

        /** Jobs that are trained side by side, as far as their memory fits. */
        @WithDefault("1")
        int atOnce();

        /** Most bytes of an uploaded file. */
        @WithDefault("536870912")
        long fileBytes();

        /** Most examples of a file. */
        @WithDefault("200000")
        int examples();

        /** Most tokens of an example; what is longer is cut at the front of its input. */
        @WithDefault("2048")
        int exampleTokens();

        /** Checkpoints kept of a job beside its best. */
        @WithDefault("3")
        int checkpoints();

        /** Time between two checkpoints where a job names no number of steps. */
        @WithDefault("30S")
        Duration checkpointEvery();
    }

    /** Where finished adapters go. */
    interface AdapterSettings {
        /** A folder that inference-services may fetch from: one of their {@code graft.adapters.sources}. */
        @WithDefault("${graft.home}/adapters")
        Path folder();
    }

    /** Who registers them. */
    interface InferenceSettings {
        /** Any inference-service that takes changes of the registry; all others follow it. */
        @WithDefault("http://127.0.0.1:8081")
        URI url();

        /** How long a finished adapter waits for one that answers. */
        @WithDefault("10M")
        Duration patience();
    }

    /** The broker. */
    interface KafkaSettings {
        /** The brokers, as {@code host:port,host:port}. */
        @WithDefault("127.0.0.1:9092")
        String bootstrap();

        /** The share group that all training-services are members of. */
        @WithDefault("graft-training")
        String group();

        /** How long a job under way may take to write a checkpoint when the service stops. */
        @WithDefault("8S")
        Duration drain();
    }
}
