package dev.graft.prompt.events;

import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.InferenceControl;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Topics;
import dev.graft.prompt.dispatch.InferenceEvents;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** What leaves over Kafka. */
@Singleton
final class Outgoing implements InferenceEvents {
    private static final Logger LOG = Logger.getLogger(Outgoing.class);
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Events events;
    private final KafkaProducer<String, byte[]> producer;

    Outgoing(Events events, Connections connections) {
        this.events = events;
        this.producer = connections.producer();
    }

    @Override
    public CompletableFuture<Void> send(InferenceRequest request) {
        return send(events.record(
                Topics.INFERENCE_REQUESTS,
                request.id(),
                request,
                request.model().orElse("")));
    }

    @Override
    public void cancel(String id) {
        var _ = send(events.record(Topics.INFERENCE_CONTROL, id, new InferenceControl.Cancel(id), ""))
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        LOG.warnf("%s could not be cancelled: %s", id, failure.getMessage());
                    }
                });
    }

    CompletableFuture<Void> send(PromptResult result) {
        String subject = result instanceof PromptResult.Answered answered ? answered.template() : "";
        return send(events.record(Topics.PROMPT_RESULTS, result.id(), result, subject));
    }

    private CompletableFuture<Void> send(ProducerRecord<String, byte[]> record) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            var _ = producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(unavailable(record.topic(), failure));
                }
            });
        } catch (KafkaException e) {
            sent.completeExceptionally(unavailable(record.topic(), e));
        }
        return sent;
    }

    private static FaultException unavailable(String topic, Exception failure) {
        return new FaultException(
                Fault.capacity(
                        "broker_unavailable",
                        topic + " takes no events (" + failure.getMessage() + "): try again later"),
                failure);
    }

    @PreDestroy
    void close() {
        producer.close(LAST_WORDS);
    }
}
