package dev.graft.contracts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The share groups (KIP-932) through which services take requests, and what whoever sets up the broker must configure for them: first the
 * topics of {@link TopicPlan#ALL}, then each group's {@link ShareGroup#configs()} (an incremental alteration of the group's configuration).
 *
 * <p>A single broker needs {@link #BROKER}, and {@code share.coordinator.state.topic.replication.factor=1} and {@code share.coordinator.state.topic.min.isr=1}.
 */
public final class ShareGroups {
    /** All inference-services together: each request goes to one of them. */
    public static final ShareGroup INFERENCE = ShareGroup.taking("graft-inference", Topics.INFERENCE_REQUESTS);

    /** All prompt-services together: each request goes to one of them. */
    public static final ShareGroup PROMPT = ShareGroup.taking("graft-prompt", Topics.PROMPT_REQUESTS);

    /** All training-services together: each job goes to one of them. */
    public static final ShareGroup TRAINING =
            // A job that waits and the request for a worker are written in one transaction.
            ShareGroup.taking("graft-training", Topics.TRAINING_REQUESTS)
                    .with("share.isolation.level", "read_committed");

    public static final List<ShareGroup> ALL = List.of(INFERENCE, PROMPT, TRAINING);

    /** Settings of the broker itself, without which the groups' are refused or slow. */
    public static final Map<String, String> BROKER = Map.of(
            // The default prefix "dlq." would refuse our names, which end in ".dlq".
            "errors.deadletterqueue.topic.name.prefix", "",
            // A worker gets its partitions with its second heartbeat: after 1 s, where the default makes it wait for 5.
            "group.share.min.heartbeat.interval.ms", "500",
            "group.share.heartbeat.interval.ms", "500",
            "group.share.assignment.interval.ms", "0");

    /**
     * @param id the group's name
     * @param topic where its requests come from
     * @param configs the group's settings on the broker
     */
    public record ShareGroup(String id, String topic, Map<String, String> configs) {
        public ShareGroup {
            configs = Map.copyOf(configs);
        }

        private ShareGroup with(String setting, String value) {
            Map<String, String> more = new HashMap<>(configs);
            more.put(setting, value);
            return new ShareGroup(id, topic, more);
        }

        private static ShareGroup taking(String id, String topic) {
            return new ShareGroup(
                    id,
                    topic,
                    Map.of(
                            // Requests that were sent before the first worker came are answered too.
                            "share.auto.offset.reset", "earliest",
                            // How long a killed worker's requests stay hidden from the others; a living worker renews
                            // at half of it.
                            "share.record.lock.duration.ms", "30000",
                            // A broker that restarts ends a delivery as well, so a few more than a poison request
                            // deserves; the broker's most.
                            "share.delivery.count.limit", "10",
                            // KIP-1191: rejected and too often delivered records, copied whole so that they can be
                            // replayed.
                            "errors.deadletterqueue.topic.name", Topics.deadLetters(topic),
                            "errors.deadletterqueue.copy.record.enable", "true"));
        }
    }

    private ShareGroups() {}
}
