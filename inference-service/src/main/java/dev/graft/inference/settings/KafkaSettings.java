package dev.graft.inference.settings;

import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The door for events. */
public interface KafkaSettings {
    /** Whether requests are taken from Kafka at all. */
    @WithDefault("false")
    boolean enabled();

    /** The brokers, as {@code host:port,host:port}. */
    @WithDefault("127.0.0.1:9092")
    String bootstrap();

    /** The share group that all inference-services are members of. */
    @WithDefault("graft-inference")
    String group();

    /** How long stored answers are kept for requests that arrive again. */
    @WithDefault("1H")
    Duration answersKept();

    /** Most stored answers. */
    @WithDefault("10000")
    int answers();
}
