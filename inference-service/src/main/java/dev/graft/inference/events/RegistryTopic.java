package dev.graft.inference.events;

import dev.graft.contracts.Topics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.jboss.logging.Logger;

/** How the registry's topic is set up on the broker: adapters are forgotten where it is not compacted. */
final class RegistryTopic {
    private static final Logger LOG = Logger.getLogger(RegistryTopic.class);
    private static final String POLICY = "cleanup.policy";
    private static final long PATIENCE_SECONDS = 10;

    /** What is wrong with it. Empty as well where this service may not ask. */
    static Optional<String> fault(Connections connections) throws InterruptedException {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.ADAPTERS);
        try (Admin admin = connections.admin()) {
            Config config = admin.describeConfigs(List.of(topic))
                    .all()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .get(topic);
            return Optional.ofNullable(config)
                    .flatMap(found -> Optional.ofNullable(found.get(POLICY)))
                    .map(ConfigEntry::value)
                    .filter(value -> !value.equals("compact"))
                    .map(value ->
                            "%s has %s=%s, so the broker removes adapters by age or size and instances that start later do not know them: set it to compact"
                                    .formatted(Topics.ADAPTERS, POLICY, value));
        } catch (ExecutionException | TimeoutException e) {
            LOG.debugf("The settings of %s can't be read: %s", Topics.ADAPTERS, e.toString());
            return Optional.empty();
        }
    }

    private RegistryTopic() {}
}
