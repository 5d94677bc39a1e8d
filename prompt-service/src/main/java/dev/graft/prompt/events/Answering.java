package dev.graft.prompt.events;

import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.contracts.PromptRequest;
import dev.graft.contracts.PromptResult;
import dev.graft.prompt.dispatch.Dispatcher;
import dev.graft.prompt.dispatch.Door;
import dev.graft.prompt.dispatch.Run;
import dev.graft.prompt.dispatch.RunLog;
import dev.graft.prompt.dispatch.Runs;
import dev.graft.prompt.settings.Database.DatabaseException;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * Sees one request through, on a virtual thread of its own: its answer is on the result topic, and kept, before the request is acknowledged.
 * What fails in passing (no broker, no database) is tried again until the request's time is up.
 */
@Singleton
final class Answering {
    private static final Logger LOG = Logger.getLogger(Answering.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final Runs runs;
    private final Dispatcher dispatcher;
    private final RunLog log;
    private final Outgoing outgoing;
    private final Events events;
    private final Tracer tracer;

    Answering(
            Runs runs,
            Dispatcher dispatcher,
            RunLog log,
            Outgoing outgoing,
            Events events,
            io.opentelemetry.api.OpenTelemetry telemetry) {
        this.runs = runs;
        this.dispatcher = dispatcher;
        this.log = log;
        this.outgoing = outgoing;
        this.events = events;
        this.tracer = telemetry.getTracer("dev.graft.prompt.events");
    }

    /** @param stopping completes when the service has no time left: the request then goes to another instance */
    AcknowledgeType answer(ConsumerRecord<byte[], byte[]> record, CompletableFuture<?> stopping) {
        Span span = tracer.spanBuilder("process " + record.topic())
                .setParent(events.trace(record.headers()))
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", record.topic())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            Request request = Request.of(record);
            Duration pause = FIRST_PAUSE;
            while (true) {
                Optional<AcknowledgeType> outcome = attempt(record, request, stopping);
                if (outcome.isPresent()) {
                    return outcome.get();
                }
                if (!pause(pause, stopping)) {
                    return AcknowledgeType.RELEASE;
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        } finally {
            span.end();
        }
    }

    /** Empty where it failed in passing. */
    private Optional<AcknowledgeType> attempt(
            ConsumerRecord<byte[], byte[]> record, Request request, CompletableFuture<?> stopping) {
        try {
            switch (request) {
                case Request.Asked asked -> answer(asked.request(), stopping);
                case Request.Refused refused ->
                    outgoing.send(new PromptResult.Failed(refused.id(), refused.fault()))
                            .join();
                case Request.Unreadable unreadable -> {
                    LOG.warnf(
                            "%s-%d@%d goes to the dead letters: %s",
                            record.topic(), record.partition(), record.offset(), unreadable.why());
                    return Optional.of(AcknowledgeType.REJECT);
                }
            }
            return Optional.of(AcknowledgeType.ACCEPT);
        } catch (FaultException | CompletionException | DatabaseException e) {
            LOG.warnf("%s@%d is tried again: %s", record.topic(), record.offset(), e.getMessage());
            return Optional.empty();
        }
    }

    private void answer(PromptRequest request, CompletableFuture<?> stopping) {
        Run run;
        try {
            Optional<PromptResult> given = log.given(request);
            if (given.isPresent()) {
                outgoing.send(given.get()).join();
                return;
            }
            run = runs.of(request);
        } catch (FaultException e) {
            outgoing.send(new PromptResult.Failed(request.id(), e.fault())).join();
            return;
        }
        PromptResult result = result(run, stopping);
        outgoing.send(result).join();
        log.keep(run, Door.KAFKA, result).join();
    }

    private PromptResult result(Run run, CompletableFuture<?> stopping) {
        try {
            return dispatcher.run(run, stopping);
        } catch (FaultException e) {
            if (e.fault().kind() == FaultKind.CAPACITY || stopping.isDone()) {
                throw e;
            }
            return new PromptResult.Failed(run.id(), e.fault());
        }
    }

    private static boolean pause(Duration pause, CompletableFuture<?> stopping) {
        try {
            stopping.copy()
                    .orTimeout(pause.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .join();
            return false;
        } catch (CompletionException e) {
            return true;
        }
    }
}
