package dev.graft.cli.stack;

import dev.graft.contracts.Topics;
import java.time.Duration;
import java.util.ArrayList;
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
 * The topics and the settings of the share groups that take requests from them. Creating is idempotent: what is there already keeps its
 * records and gets the settings of now.
 */
public final class StackTopics {
    /** The share group of inference-service's workers. */
    public static final String INFERENCE_GROUP = "graft-inference";
    /** The share group of prompt-service's workers. */
    public static final String PROMPT_GROUP = "graft-prompt";
    /** A worker that says nothing for this long loses the record to another. */
    public static final Duration RECORD_LOCK = Duration.ofSeconds(15);
    /** After so many deliveries without an acknowledgement a record is a dead letter. */
    public static final int DELIVERIES = 5;

    private static final int PARTITIONS = 4;
    private static final Duration KEPT = Duration.ofDays(7);
    private static final List<String> LIVE = List.of(
            Topics.PROMPT_REQUESTS,
            Topics.PROMPT_RESULTS,
            Topics.INFERENCE_REQUESTS,
            Topics.INFERENCE_RESULTS,
            Topics.INFERENCE_CONTROL);
    private static final Map<String, String> QUEUES =
            Map.of(INFERENCE_GROUP, Topics.INFERENCE_REQUESTS, PROMPT_GROUP, Topics.PROMPT_REQUESTS);

    /** Every topic that {@link #create} makes. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(LIVE);
        QUEUES.values().stream().map(Topics::deadLetters).sorted().forEach(names::add);
        return List.copyOf(names);
    }

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
            Map<ConfigResource, java.util.Collection<AlterConfigOp>> groups = new HashMap<>();
            QUEUES.forEach((group, topic) ->
                    groups.put(new ConfigResource(ConfigResource.Type.GROUP, group), settingsOf(topic)));
            admin.incrementalAlterConfigs(groups).all().get(limit, TimeUnit.MILLISECONDS);
        }
    }

    private static void createTopics(Admin admin, long limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<NewTopic> topics = new ArrayList<>();
        Map<String, String> kept = Map.of("retention.ms", String.valueOf(KEPT.toMillis()));
        LIVE.forEach(name -> topics.add(new NewTopic(name, PARTITIONS, (short) 1).configs(kept)));
        QUEUES.values()
                .forEach(name -> topics.add(new NewTopic(Topics.deadLetters(name), 1, (short) 1)
                        .configs(Map.of("errors.deadletterqueue.group.enable", "true", "retention.ms", "-1"))));
        for (var created : admin.createTopics(topics).values().entrySet()) {
            try {
                created.getValue().get(limit, TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static List<AlterConfigOp> settingsOf(String topic) {
        Map<String, String> settings = Map.of(
                "share.auto.offset.reset", "earliest",
                "share.record.lock.duration.ms", String.valueOf(RECORD_LOCK.toMillis()),
                "share.delivery.count.limit", String.valueOf(DELIVERIES),
                "errors.deadletterqueue.topic.name", Topics.deadLetters(topic),
                "errors.deadletterqueue.copy.record.enable", "true");
        return settings.entrySet().stream()
                .map(s -> new AlterConfigOp(new ConfigEntry(s.getKey(), s.getValue()), AlterConfigOp.OpType.SET))
                .toList();
    }

    private StackTopics() {}
}
