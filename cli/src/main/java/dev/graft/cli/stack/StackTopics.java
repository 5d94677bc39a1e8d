package dev.graft.cli.stack;

import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.TopicPlan;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Creates the topics of {@link TopicPlan} and configures the groups of {@link ShareGroups}. Creating is idempotent: a topic that is there
 * already keeps its records.
 */
public final class StackTopics {
    /**
     * @param bootstrapServers such as {@code 127.0.0.1:9092}
     * @param timeout how long the broker may take to come up and to answer
     */
    public static void create(String bootstrapServers, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        long limit = timeout.toMillis();
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "default.api.timeout.ms",
                Math.toIntExact(limit),
                "request.timeout.ms",
                Math.toIntExact(Math.min(limit, 10_000)),
                "reconnect.backoff.max.ms",
                200))) {
            createTopics(admin, limit);
            Map<ConfigResource, Collection<AlterConfigOp>> groups = new HashMap<>();
            for (ShareGroups.ShareGroup group : ShareGroups.ALL) {
                groups.put(new ConfigResource(ConfigResource.Type.GROUP, group.id()), settings(group.configs()));
            }
            admin.incrementalAlterConfigs(groups).all().get(limit, TimeUnit.MILLISECONDS);
        }
    }

    private static void createTopics(Admin admin, long limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<NewTopic> topics = TopicPlan.ALL.stream()
                .map(t -> new NewTopic(t.name(), t.partitions(), (short) 1).configs(t.configs()))
                .toList();
        for (var created : admin.createTopics(topics).values().values()) {
            try {
                created.get(limit, TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static List<AlterConfigOp> settings(Map<String, String> configs) {
        return configs.entrySet().stream()
                .map(s -> new AlterConfigOp(new ConfigEntry(s.getKey(), s.getValue()), AlterConfigOp.OpType.SET))
                .toList();
    }

    private StackTopics() {}
}
