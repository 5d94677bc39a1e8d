package dev.graft.training.events;

import dev.graft.broker.ClientSettings;
import dev.graft.training.settings.TrainingSettings.KafkaSettings;
import java.util.Map;
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
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("enable.auto.commit", "false");
        config.put("isolation.level", "read_committed");
        config.put("auto.offset.reset", "earliest");
        config.put("allow.auto.create.topics", "false");
        config.put("default.api.timeout.ms", "10000");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Sends at once, in order, without duplicates of its own; done means written by all replicas in sync. */
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("linger.ms", "0");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * What it sends in a transaction is read all or not at all.
     *
     * @param id its own: who begins with the id of another ends that one's transactions
     */
    KafkaProducer<byte[], byte[]> transactionalProducer(String id) {
        Map<String, Object> config = ClientSettings.of(bootstrap);
        config.put("transactional.id", id);
        // Nobody reads on behind a transaction that its sender never ended.
        config.put("transaction.timeout.ms", "10000");
        config.put("max.block.ms", "20000");
        config.put("linger.ms", "0");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
