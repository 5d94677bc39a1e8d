package dev.graft.inference.events;

import dev.graft.broker.Closing;
import dev.graft.inference.adapter.MemoryLog;
import dev.graft.inference.adapter.Registry;
import dev.graft.inference.adapter.RegistryLog;
import dev.graft.inference.observe.MeterNames;
import dev.graft.inference.settings.InferenceSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Keeps the registry in Kafka where there is Kafka, in memory otherwise. */
@ApplicationScoped
class RegistryDoor {
    private static final Logger LOG = Logger.getLogger(RegistryDoor.class);

    private final InferenceSettings settings;
    private final Registry registry;
    private final Closing closing = new Closing();

    RegistryDoor(InferenceSettings settings, Registry registry) {
        this.settings = settings;
        this.registry = registry;
    }

    @Produces
    @Singleton
    RegistryLog log() {
        return settings.kafka().enabled()
                ? new RegistryWriter(new Connections(settings.kafka()), registry, Clock.systemUTC())
                : new MemoryLog(registry, Clock.systemUTC());
    }

    void start(@Observes StartupEvent event, RegistryLog log, MeterRegistry meters) {
        if (!settings.kafka().enabled()) {
            LOG.info("Adapters are kept in memory only: without Kafka they are gone when the service stops");
            return;
        }
        var follower = new RegistryFollower(new Connections(settings.kafka()), registry, closing);
        meters.gauge(MeterNames.REGISTRY_LAG, follower, RegistryFollower::lag);
        Thread.ofPlatform().daemon().name("kafka-registry").start(follower);
    }

    void stop(@Observes ShutdownEvent event, RegistryLog log) {
        closing.begin(Duration.ZERO);
        if (log instanceof RegistryWriter writer) {
            writer.close();
        }
    }
}
