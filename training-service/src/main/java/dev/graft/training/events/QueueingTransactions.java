package dev.graft.training.events;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Records that are written all together or not at all. Thread-safe; one transaction after the other. */
final class QueueingTransactions implements AutoCloseable {
    private final Connections connections;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    QueueingTransactions(Connections connections) {
        this.connections = connections;
    }

    /**
     * Returns when all are safe.
     *
     * @throws KafkaException where none is, or nobody knows
     */
    synchronized void write(List<ProducerRecord<byte[], byte[]>> records) {
        KafkaProducer<byte[], byte[]> open = open();
        try {
            open.beginTransaction();
            records.forEach(record -> {
                var _ = open.send(record); // the commit throws what went wrong
            });
            open.commitTransaction();
        } catch (KafkaException e) {
            // The next one begins anew: whether this one can go on is for nobody to guess.
            close();
            throw e;
        }
    }

    private KafkaProducer<byte[], byte[]> open() {
        KafkaProducer<byte[], byte[]> known = producer;
        if (known != null) {
            return known;
        }
        var made = connections.transactionalProducer("graft-training-" + UUID.randomUUID());
        try {
            made.initTransactions();
        } catch (KafkaException e) {
            made.close(Duration.ZERO);
            throw e;
        }
        producer = made;
        return made;
    }

    /** An open transaction is given up: the broker ends it. */
    @Override
    public synchronized void close() {
        KafkaProducer<byte[], byte[]> open = producer;
        producer = null;
        if (open != null) {
            open.close(Duration.ofSeconds(1));
        }
    }
}
