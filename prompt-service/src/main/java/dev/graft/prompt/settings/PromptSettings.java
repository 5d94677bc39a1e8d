package dev.graft.prompt.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * All settings of the service. {@code inference.url} below is the property {@code graft.inference.url} and the environment variable
 * {@code GRAFT_INFERENCE_URL}.
 */
@ConfigMapping(prefix = "graft")
public interface PromptSettings {
    /** Where the embedded database and its programs lie ({@code GRAFT_HOME}). */
    @WithDefault("${user.home}/.graft")
    Path home();

    DatabaseSettings database();

    InferenceSettings inference();

    KafkaSettings kafka();

    RunSettings run();

    /** Where templates and answers are kept. */
    interface DatabaseSettings {
        /**
         * JDBC URL of an own PostgreSQL, with user and password as its parameters; {@code QUARKUS_DATASOURCE_JDBC_URL} says the same. Absent: one
         * is started under {@link PromptSettings#home()}{@code /db}.
         */
        Optional<String> url();
    }

    /** The inference service, for what goes over HTTP: streams, and the tokens of a rendered prompt. */
    interface InferenceSettings {
        @WithDefault("http://127.0.0.1:8081")
        URI url();

        /** How long a connection may take to open. */
        @WithDefault("2S")
        Duration connectTimeout();
    }

    /** The broker. */
    interface KafkaSettings {
        /** The brokers, as {@code host:port,host:port}; {@code kafka.bootstrap.servers} says the same. */
        @WithDefault("127.0.0.1:9092")
        String bootstrap();

        /**
         * Whether topics and the share group's settings are made where they are missing. Off where somebody else looks after the broker.
         */
        @WithDefault("true")
        boolean setUp();

        /**
         * Share consumers that take prompt requests. Each takes what has gathered, and the next ones when all of that is answered: so many slow
         * requests may be in hand before a new one has to wait.
         */
        @WithDefault("32")
        int takers();

        /** The most requests that one taker has in hand; takers times this is the most that the service has in hand. */
        @WithDefault("10")
        int perTaker();

        /** When the service stops, how long requests in hand may take; what is left goes to another instance. */
        @WithDefault("10S")
        Duration drain();
    }

    /** Running a template. */
    interface RunSettings {
        /** The deadline of a run that names none. */
        @WithDefault("5M")
        Duration deadline();

        /** The furthest deadline that a run may name. */
        @WithDefault("1H")
        Duration longestDeadline();

        /** How long answers are kept, to be given again where the same id comes again. */
        @WithDefault("30D")
        Duration kept();
    }
}
