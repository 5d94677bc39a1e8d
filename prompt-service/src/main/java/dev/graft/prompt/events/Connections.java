package dev.graft.prompt.events;

import dev.graft.broker.ClientSettings;
import dev.graft.contracts.ShareGroups;
import dev.graft.prompt.settings.PromptSettings;
import jakarta.inject.Singleton;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Clients of the broker, each set up for what it does here. */
@Singleton
final class Connections {
    private final PromptSettings.KafkaSettings settings;

    Connections(PromptSettings settings) {
        this.settings = settings.kafka();
    }

    /** Takes so many requests at a time, none in advance, each acknowledged by itself. */
    KafkaShareConsumer<byte[], byte[]> taker() {
        Map<String, Object> config = ClientSettings.of(settings.bootstrap());
        config.put("group.id", ShareGroups.PROMPT.id());
        config.put("share.acknowledgement.mode", "explicit");
        config.put("share.acquire.mode", "record_limit");
        config.put("max.poll.records", Integer.toString(settings.perTaker()));
        return new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Reads partitions that are assigned to it by hand; belongs to no group and commits nothing. */
    KafkaConsumer<byte[], byte[]> reader() {
        Map<String, Object> config = ClientSettings.of(settings.bootstrap());
        config.put("enable.auto.commit", "false");
        config.put("allow.auto.create.topics", "false");
        config.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Sends at once, in order, without duplicates of its own; done means written by all replicas in sync. */
    KafkaProducer<String, byte[]> producer() {
        Map<String, Object> config = ClientSettings.of(settings.bootstrap());
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("linger.ms", "0");
        config.put("delivery.timeout.ms", "60000");
        config.put("request.timeout.ms", "10000");
        config.put("max.block.ms", "10000");
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    Admin admin() {
        Map<String, Object> config = ClientSettings.of(settings.bootstrap());
        config.put("default.api.timeout.ms", "5000");
        config.put("request.timeout.ms", "4000");
        return Admin.create(config);
    }
}
