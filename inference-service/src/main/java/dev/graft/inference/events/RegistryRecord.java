package dev.graft.inference.events;

import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/** A record of the registry's topic. */
sealed interface RegistryRecord {
    /** The adapter's name. */
    String name();

    /** The entry is this one from now on. */
    record Put(AdapterEntry entry, Instant written) implements RegistryRecord {
        @Override
        public String name() {
            return entry.name();
        }
    }

    /**
     * There is no such adapter any more.
     *
     * @param fault why, where nobody took it away but the record can't be read
     */
    record Removed(String name, Optional<String> fault) implements RegistryRecord {}

    Logger LOG = Logger.getLogger(RegistryRecord.class);
    String SOURCE = "/graft/inference-service";

    /**
     * Empty for what has no key. What can't be read under a key takes that adapter away, as a record without value does: compaction has removed or will
     * remove what was there before, and an instance that starts later must not know less than those that have followed all along.
     */
    static Optional<RegistryRecord> read(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            LOG.warnf("%s has no key, which must be an adapter's name, and is passed over", place(record));
            return Optional.empty();
        }
        String name = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            return Optional.of(new Removed(name, Optional.empty()));
        }
        try {
            AdapterEntry entry = EventJson.read(record.value(), AdapterEntry.class);
            if (!entry.name().equals(name)) {
                throw new FaultException(Fault.input("malformed_event", "key", name, "must be the entry's name"));
            }
            return Optional.of(new Put(entry, Instant.ofEpochMilli(record.timestamp())));
        } catch (FaultException e) {
            return Optional.of(new Removed(
                    name,
                    Optional.of(place(record) + " is no adapter: " + e.fault().message())));
        }
    }

    private static String place(ConsumerRecord<?, ?> record) {
        return "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
    }

    /** The record that makes this entry the truth. */
    static ProducerRecord<byte[], byte[]> of(AdapterEntry entry, Instant now) {
        var record = new ProducerRecord<>(
                Topics.ADAPTERS, entry.name().getBytes(StandardCharsets.UTF_8), EventJson.write(entry));
        String id = entry.name() + "@" + entry.revision();
        CloudEventHeaders.of(id, CloudEventHeaders.typeOf(entry), SOURCE, entry.name(), now)
                .forEach((name, value) -> record.headers().add(name, value));
        return record;
    }
}
