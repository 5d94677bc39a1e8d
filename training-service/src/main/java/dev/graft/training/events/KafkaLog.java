package dev.graft.training.events;

import dev.graft.contracts.CloudEventHeaders;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import dev.graft.contracts.TrainingRequest;
import dev.graft.training.job.JobLog;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** Writes jobs, words to them and what happens to them to their topics. */
final class KafkaLog implements JobLog, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(KafkaLog.class);
    private static final String SOURCE = "/graft/training-service";
    private static final long PATIENCE_MS = 60_000;

    private final KafkaProducer<byte[], byte[]> producer;
    private final QueueingTransactions transactions;
    private final Tracing tracing;
    private final InstantSource clock;

    KafkaLog(Connections connections, Tracing tracing, InstantSource clock) {
        this.producer = connections.producer();
        this.transactions = new QueueingTransactions(connections);
        this.tracing = tracing;
        this.clock = clock;
    }

    @Override
    public long tell(TrainingEvent event) {
        return sendSafely(record(
                        Topics.TRAINING_EVENTS, event.id(), UUID.randomUUID().toString(), event))
                .offset();
    }

    @Override
    public void mention(TrainingEvent event) {
        var _ = producer.send(
                record(Topics.TRAINING_EVENTS, event.id(), UUID.randomUUID().toString(), event), (written, failure) -> {
                    if (failure != null) {
                        LOG.warnf("An event of %s was lost: %s", event.id(), failure.toString());
                    }
                });
    }

    @Override
    public void queue(TrainingEvent.Queued event) {
        TrainingRequest request = event.request();
        try {
            transactions.write(List.of(
                    record(Topics.TRAINING_EVENTS, event.id(), UUID.randomUUID().toString(), event),
                    record(Topics.TRAINING_REQUESTS, request.id(), request.id(), request)));
        } catch (KafkaException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void control(TrainingControl control) {
        var _ = sendSafely(
                record(Topics.TRAINING_CONTROL, control.id(), UUID.randomUUID().toString(), control));
    }

    private RecordMetadata sendSafely(ProducerRecord<byte[], byte[]> record) {
        try {
            return producer.send(record).get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        } catch (ExecutionException | TimeoutException e) {
            throw unavailable(e);
        }
    }

    private static FaultException unavailable(Exception e) {
        return new FaultException(
                Fault.capacity(UNAVAILABLE, "the broker took no word of the job: " + e.getMessage()), e);
    }

    private ProducerRecord<byte[], byte[]> record(String topic, String job, String id, Object body) {
        var record = new ProducerRecord<>(topic, job.getBytes(StandardCharsets.UTF_8), EventJson.write(body));
        CloudEventHeaders.of(id, CloudEventHeaders.typeOf(body), SOURCE, job, clock.instant())
                .forEach((name, value) -> record.headers().add(name, value));
        tracing.write(record.headers());
        return record;
    }

    @Override
    public void close() {
        transactions.close();
        producer.close();
    }
}
