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

    /** There is no such adapter any more. */
    record Removed(String name) implements RegistryRecord {}

    Logger LOG = Logger.getLogger(RegistryRecord.class);
    String SOURCE = "/graft/inference-service";

    /** Empty for what is no entry, which is logged and passed over: one bad record must not keep an instance from all the others. */
    static Optional<RegistryRecord> read(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.key() == null) {
                throw new FaultException(
                        Fault.input("malformed_event", "key", "nothing", "must be the adapter's name"));
            }
            String name = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                return Optional.of(new Removed(name));
            }
            AdapterEntry entry = EventJson.read(record.value(), AdapterEntry.class);
            if (!entry.name().equals(name)) {
                throw new FaultException(Fault.input("malformed_event", "key", name, "must be the entry's name"));
            }
            return Optional.of(new Put(entry, Instant.ofEpochMilli(record.timestamp())));
        } catch (FaultException e) {
            LOG.warnf(
                    "%s-%d@%d is no adapter and passed over: %s",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.fault().message());
            return Optional.empty();
        }
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
