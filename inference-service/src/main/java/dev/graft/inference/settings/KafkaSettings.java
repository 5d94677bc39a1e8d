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

    /** Requests that are fetched beyond the free slots, so that the next is here when a slot frees. */
    @WithDefault("2")
    int ahead();

    /** Most answered requests that are remembered, for when one comes again; about 200 bytes each. */
    @WithDefault("100000")
    int answers();

    /** How long requests under way may take to finish when the service stops; then they are given back. */
    @WithDefault("8S")
    Duration drain();
}
