package dev.graft.inference.events;

import dev.graft.broker.ClientSettings;
import dev.graft.contracts.AdapterEntry;
import dev.graft.inference.settings.KafkaSettings;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Clients of the broker, each set up for what it does here. */
final class Connections {
    private final String bootstrap;
    private final String group;

    Connections(KafkaSettings settings) {
        bootstrap = settings.bootstrap();
        group = settings.group();
    }

    /** Takes one record at a time, none in advance, each acknowledged by itself. */
    KafkaShareConsumer<byte[], byte[]> shareConsumer() {
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("group.id", group);
        config.put("share.acknowledgement.mode", "explicit");
        config.put("share.acquire.mode", "record_limit");
        config.put("max.poll.records", "1");
        return new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Reads partitions that are assigned to it by hand; belongs to no group and commits nothing. */
    KafkaConsumer<byte[], byte[]> reader() {
        return reader(Map.of("isolation.level", "read_uncommitted"));
    }

    /**
     * The same, of records whose transaction was committed; soon gives up asking a broker that is away. Where the topic was made anew, or lost records,
     * reading fails rather than going on at another place.
     *
     * @param waitMs how long the broker keeps a question for records open where there are none; whatever else is asked waits behind it
     */
    KafkaConsumer<byte[], byte[]> committedReader(int waitMs) {
        return reader(Map.of(
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "none",
                "default.api.timeout.ms",
                "5000",
                "fetch.max.wait.ms",
                "" + waitMs));
    }

    private KafkaConsumer<byte[], byte[]> reader(Map<String, Object> more) {
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("enable.auto.commit", "false");
        config.put("auto.offset.reset", "earliest");
        config.put("allow.auto.create.topics", "false");
        config.putAll(more);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The one that may write the registry: a newer one with its id, anywhere, makes all that this one tries fail. */
    KafkaProducer<byte[], byte[]> registryProducer() {
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("transactional.id", AdapterEntry.WRITER);
        config.put("linger.ms", "0");
        // A writer that dies in the middle keeps readers from what comes after it for no longer than this.
        config.put("transaction.timeout.ms", "10000");
        // Whoever takes the right to write asks again and again until what was under way before is ended.
        config.put("retry.backoff.ms", "10");
        config.put("max.block.ms", "5000");
        config.put("request.timeout.ms", "3000");
        config.put("delivery.timeout.ms", "5000");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    Admin admin() {
        return Admin.create(ClientSettings.of(bootstrap));
    }

    /** Sends at once, in order, without duplicates of its own; done means written by all replicas in sync. */
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("linger.ms", "0");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
