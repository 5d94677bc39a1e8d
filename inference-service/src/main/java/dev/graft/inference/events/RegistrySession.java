package dev.graft.inference.events;

import dev.graft.contracts.AdapterEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The right to write the registry, until somebody else takes it. Used by one thread at a time.
 *
 * <p>Why no change is lost: {@code initTransactions} returns only when every transaction of the writers before is ended and its records can be read,
 * and from then on nothing that those try is taken. So whoever is not fenced knows all changes but its own, once it has read to the end; and of its
 * own it waits until it has read them. If it is fenced after reading, its write fails.
 */
final class RegistrySession implements AutoCloseable {
    private static final int WAIT_MS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final KafkaProducer<byte[], byte[]> producer;
    private final RegistryTail tail;
    private final Optional<AdapterEntry> doubtful;
    private final Map<String, AdapterEntry> entries = new HashMap<>();
    private boolean doubtfulWritten;

    private RegistrySession(
            KafkaProducer<byte[], byte[]> producer, RegistryTail tail, Optional<AdapterEntry> doubtful) {
        this.producer = producer;
        this.tail = tail;
        this.doubtful = doubtful;
    }

    /**
     * Takes the right from whoever has it.
     *
     * @param doubtful what a session before tried to write, where it does not know whether it did
     */
    static RegistrySession open(Connections connections, Optional<AdapterEntry> doubtful) {
        KafkaProducer<byte[], byte[]> producer = connections.registryProducer();
        try {
            producer.initTransactions();
            return new RegistrySession(producer, new RegistryTail(connections, WAIT_MS), doubtful);
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /** The entry as all that was committed until now makes it. */
    Optional<AdapterEntry> read(String name) {
        tail.readToEnd(PATIENCE, this::take);
        return Optional.ofNullable(entries.get(name));
    }

    /** Whether what was doubtful is in the log after all, even if others wrote since; known once an entry was read. */
    boolean doubtfulWritten() {
        return doubtfulWritten;
    }

    /**
     * Writes this entry, and returns when it can be read.
     *
     * @throws KafkaException where it was not written, or that is not known
     */
    void write(AdapterEntry entry, Instant now) {
        producer.beginTransaction();
        RecordMetadata written = sent(entry, now);
        producer.commitTransaction();
        tail.readPast(written.partition(), written.offset(), PATIENCE, this::take);
    }

    private RecordMetadata sent(AdapterEntry entry, Instant now) {
        try {
            return producer.send(RegistryRecord.of(entry, now)).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e);
        }
    }

    private void take(RegistryRecord record) {
        switch (record) {
            case RegistryRecord.Put(AdapterEntry entry, var _) -> {
                entries.put(entry.name(), entry);
                doubtfulWritten |= doubtful.filter(entry::equals).isPresent();
            }
            case RegistryRecord.Removed removed -> entries.remove(removed.name());
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        tail.close();
    }
}
