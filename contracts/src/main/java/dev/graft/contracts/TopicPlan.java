package dev.graft.contracts;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A topic as it should be created.
 *
 * @param name the topic
 * @param partitions how many; request topics have one, since a share group's workers may outnumber partitions, and with one each of them sees
 *     every request
 * @param configs the topic's settings on the broker
 */
public record TopicPlan(String name, int partitions, Map<String, String> configs) {
    /** How long a request may be asked for again under its id and gets the stored answer. */
    public static final Duration ANSWERS_KEPT = Duration.ofDays(7);

    /** How long a training job is known after its last event. */
    public static final Duration JOBS_KEPT = Duration.ofDays(90);

    /** Every topic, dead letters included. */
    public static final List<TopicPlan> ALL = List.of(
            kept(Topics.PROMPT_REQUESTS, 1, ANSWERS_KEPT),
            kept(Topics.PROMPT_RESULTS, 4, ANSWERS_KEPT),
            kept(Topics.INFERENCE_REQUESTS, 1, ANSWERS_KEPT),
            kept(Topics.INFERENCE_RESULTS, 4, ANSWERS_KEPT),
            kept(Topics.INFERENCE_CONTROL, 1, Duration.ofDays(1)),
            kept(Topics.TRAINING_REQUESTS, 1, JOBS_KEPT),
            kept(Topics.TRAINING_CONTROL, 1, JOBS_KEPT),
            kept(Topics.TRAINING_EVENTS, 1, JOBS_KEPT),
            compacted(Topics.ADAPTERS),
            deadLetters(Topics.PROMPT_REQUESTS),
            deadLetters(Topics.INFERENCE_REQUESTS),
            deadLetters(Topics.TRAINING_REQUESTS));

    public TopicPlan {
        configs = Map.copyOf(configs);
    }

    private static TopicPlan kept(String name, int partitions, Duration retention) {
        return new TopicPlan(
                name,
                partitions,
                Map.of("cleanup.policy", "delete", "retention.ms", Long.toString(retention.toMillis())));
    }

    /** The newest record of each key stays for ever. One partition, so that all readers see all changes in one order. */
    private static TopicPlan compacted(String name) {
        return new TopicPlan(
                name,
                1,
                Map.of(
                        "cleanup.policy", "compact",
                        // Old records go within a day or so: whoever starts reads the topic from its beginning.
                        "segment.ms", Long.toString(Duration.ofHours(6).toMillis()),
                        "min.cleanable.dirty.ratio", "0.1"));
    }

    private static TopicPlan deadLetters(String source) {
        return new TopicPlan(
                Topics.deadLetters(source),
                1,
                Map.of(
                        "cleanup.policy", "delete",
                        "retention.ms", Long.toString(Duration.ofDays(30).toMillis()),
                        // Only such a topic may be named as a share group's dead-letter queue.
                        "errors.deadletterqueue.group.enable", "true"));
    }
}
