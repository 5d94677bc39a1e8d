package dev.graft.broker;

import java.util.HashMap;
import java.util.Map;

/** What all clients of the broker are set to. */
public final class ClientSettings {
    /**
     * A map to add to.
     *
     * @param bootstrap such as {@code 127.0.0.1:9092}
     */
    public static Map<String, Object> of(String bootstrap) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrap);
        // A broker that restarts is found again soon after it is back.
        settings.put("reconnect.backoff.ms", "50");
        settings.put("reconnect.backoff.max.ms", "1000");
        // A first connection that fails is tried again, instead of the client giving up on the name.
        settings.put("metadata.recovery.strategy", "rebootstrap");
        settings.put("enable.metrics.push", "false");
        return settings;
    }

    private ClientSettings() {}
}
