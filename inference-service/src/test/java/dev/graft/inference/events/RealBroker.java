package dev.graft.inference.events;

import java.util.Map;

/** A real broker for a service that works without one as well: it is told to use it. */
public final class RealBroker extends dev.graft.testing.broker.RealBroker {
    @Override
    public Map<String, String> start() {
        super.start();
        return Map.of("graft.kafka.enabled", "true", "graft.kafka.bootstrap", bootstrap());
    }
}
