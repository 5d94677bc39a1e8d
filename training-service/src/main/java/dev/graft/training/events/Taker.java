package dev.graft.training.events;

import dev.graft.broker.Closing;
import dev.graft.broker.Held;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import dev.graft.contracts.TrainingRequest;
import dev.graft.training.job.JobIds;
import dev.graft.training.job.Worker;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A member of the share group that takes one job, keeps its lock while a thread of its own trains it, and takes the next. A record is accepted when its
 * job has ended, is paused, or was asked for anew.
 */
final class Taker implements Runnable {
    private static final Logger LOG = Logger.getLogger(Taker.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(30);
    private static final long TICK_MS = 100;
    private static final long RECONNECT_MS = 1_000;

    private final Connections connections;
    private final List<Follower> followers;
    private final Worker worker;
    private final TrainingThreads threads;
    private final Tracing tracing;
    private final Closing closing;
    private volatile @Nullable ShareConsumer<byte[], byte[]> asking;

    /** @param followers must have read all there is before it can be said whether a job is to be trained */
    Taker(
            Connections connections,
            List<Follower> followers,
            Worker worker,
            TrainingThreads threads,
            Tracing tracing,
            Closing closing) {
        this.connections = connections;
        this.followers = followers;
        this.worker = worker;
        this.threads = threads;
        this.tracing = tracing;
        this.closing = closing;
    }

    /** Works until closing; a broker that is away or refuses is tried again every second. */
    @Override
    public void run() {
        while (!closing.begun()) {
            try (var consumer = connections.shareConsumer()) {
                consumer.subscribe(List.of(Topics.TRAINING_REQUESTS));
                serve(consumer);
            } catch (InterruptedException e) {
                return;
            } catch (KafkaException e) {
                LOG.warnf("Taking jobs failed, trying again: %s", e.toString());
                closing.await(RECONNECT_MS);
            } catch (RuntimeException e) {
                LOG.error("A taker failed, starting it again", e);
                closing.await(RECONNECT_MS);
            }
        }
    }

    /** Has the job under way saved, and ends the wait for the next; to be called after closing began. */
    void stop() {
        worker.stop();
        ShareConsumer<byte[], byte[]> waiting = asking;
        if (waiting != null) {
            waiting.wakeup();
        }
    }

    private void serve(ShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        Optional<Held> held = Optional.empty();
        while (!closing.begun()) {
            held = held.flatMap(Held::stray)
                    .map(record -> new Held(consumer, record))
                    .or(() -> next(consumer));
            if (held.isPresent()) {
                held.get().settleNow(seenThrough(held.get()));
            }
        }
    }

    private Optional<Held> next(ShareConsumer<byte[], byte[]> consumer) {
        asking = consumer;
        try {
            while (!closing.begun()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    return Optional.of(new Held(consumer, record));
                }
            }
        } catch (WakeupException e) {
            // Closing; the loop's condition says so to everybody else.
        } finally {
            asking = null;
        }
        return Optional.empty();
    }

    private AcknowledgeType seenThrough(Held held) throws InterruptedException {
        TrainingRequest request;
        try {
            request = request(held.record());
        } catch (FaultException e) {
            LOG.warnf("%s is no training request: %s", held, e.fault().message());
            return AcknowledgeType.REJECT;
        }
        if (!caughtUp()) {
            LOG.warnf("%s is given back: the events of jobs can't be read", held);
            return AcknowledgeType.RELEASE;
        }
        Span span = tracing.begin(held.record(), request.id());
        try (Scope _ = span.makeCurrent()) {
            return await(held, threads.start(request.id(), () -> worker.work(request, held.deliveries())));
        } finally {
            span.end();
        }
    }

    private AcknowledgeType await(Held held, CompletableFuture<Void> training) throws InterruptedException {
        while (true) {
            try {
                training.get(Math.min(TICK_MS, held.millisToRenewal()), TimeUnit.MILLISECONDS);
                return AcknowledgeType.ACCEPT;
            } catch (TimeoutException e) {
                if (held.millisToRenewal() == 0) {
                    held.renew();
                }
                if (closing.timeIsUp()) {
                    LOG.warnf("%s could not be saved in time: it goes on from its last checkpoint", held);
                    return AcknowledgeType.RELEASE;
                }
            } catch (ExecutionException e) {
                LOG.warnf("%s is given back: %s", held, String.valueOf(e.getCause()));
                return AcknowledgeType.RELEASE;
            }
        }
    }

    private boolean caughtUp() throws InterruptedException {
        for (Follower follower : followers) {
            if (!follower.catchUp(CAUGHT_UP_WITHIN)) {
                return false;
            }
        }
        return true;
    }

    private static TrainingRequest request(ConsumerRecord<byte[], byte[]> record) {
        byte[] body = record.value();
        if (body == null || body.length == 0) {
            throw new FaultException(Fault.input("malformed_event", "", "", "must have a body: a JSON object"));
        }
        TrainingRequest request = EventJson.read(body, TrainingRequest.class);
        JobIds.require(request.id());
        return request;
    }
}
