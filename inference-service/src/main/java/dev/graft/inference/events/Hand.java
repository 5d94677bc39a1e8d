package dev.graft.inference.events;

import dev.graft.broker.Closing;
import dev.graft.broker.Held;
import dev.graft.contracts.Topics;
import dev.graft.inference.events.RequestEvent.Legible;
import dev.graft.inference.events.StoredAnswers.Place;
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
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * A member of the share group that takes one request, sees it through, and takes the next. As many as the engine has slots, and a few more,
 * work side by side: a share consumer hands out nothing new while it holds a record, so a slow request would hold up a shared one.
 */
final class Hand implements Runnable {
    private static final Logger LOG = Logger.getLogger(Hand.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long TICK_MS = 200;
    private static final long PAUSE_MS = 50;
    private static final long RECONNECT_MS = 1_000;

    private final Bench bench;
    private volatile @org.jspecify.annotations.Nullable ShareConsumer<byte[], byte[]> asking;

    /**
     * What all hands share.
     *
     * @param counted told the word of each outcome
     */
    record Bench(
            Connections connections,
            Turnstile turnstile,
            Desk desk,
            AnswerShelf shelf,
            Results results,
            Tracing tracing,
            Closing closing,
            java.util.function.Consumer<String> counted) {}

    Hand(Bench bench) {
        this.bench = bench;
    }

    /** Works until closing; a broker that is away or refuses is tried again every second. */
    @Override
    public void run() {
        while (!bench.closing().begun()) {
            try (var consumer = bench.connections().shareConsumer()) {
                consumer.subscribe(List.of(Topics.INFERENCE_REQUESTS));
                serve(consumer);
            } catch (InterruptedException e) {
                return;
            } catch (KafkaException e) {
                LOG.warnf("Taking requests failed, trying again: %s", e.toString());
                bench.closing().await(RECONNECT_MS);
            } catch (RuntimeException e) {
                LOG.error("A hand failed, starting it again", e);
                bench.closing().await(RECONNECT_MS);
            }
        }
    }

    /** Interrupts a wait for the next request; to be called after closing began. */
    void wakeUp() {
        ShareConsumer<byte[], byte[]> waiting = asking;
        if (waiting != null) {
            waiting.wakeup();
        }
    }

    private void serve(ShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        Optional<Held> held = Optional.empty();
        while (!bench.closing().begun()) {
            Optional<Held> stray = held.flatMap(Held::stray).map(record -> new Held(consumer, record));
            try (Turnstile.Pass pass = stray.isPresent() ? bench.turnstile().enter() : enter(consumer)) {
                held = stray.isPresent() ? stray : next(consumer);
                if (held.isPresent()) {
                    serve(held.get(), pass);
                }
            }
        }
    }

    /** The acknowledgement of the last record goes out with the question for the next; where that has to wait, by itself. */
    private Turnstile.Pass enter(ShareConsumer<byte[], byte[]> consumer) throws InterruptedException {
        Optional<Turnstile.Pass> pass = bench.turnstile().tryEnter();
        if (pass.isPresent()) {
            return pass.get();
        }
        consumer.commitAsync();
        return bench.turnstile().enter();
    }

    /**
     * The next request; empty when closing. A record that the broker gave to this consumer may lie in its buffer already, so it asks until it
     * gets one.
     */
    private Optional<Held> next(ShareConsumer<byte[], byte[]> consumer) {
        asking = consumer;
        try {
            while (!bench.closing().begun()) {
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

    private void serve(Held held, Turnstile.Pass pass) throws InterruptedException {
        RequestEvent event = RequestEvent.of(held.record());
        RequestSpan span = bench.tracing().begin(held.record());
        try {
            if (event instanceof Legible legible) {
                span.asked(legible.request());
            }
            Optional<Outcome> outcome = finished(held, event, span, pass);
            outcome.ifPresent(known -> bench.counted().accept(known.word()));
            held.settle(outcome.isPresent() ? carryOut(held, event, outcome.get(), span) : givenUp(held, event));
        } finally {
            bench.desk().leave(event);
            span.end();
        }
    }

    /** What became of the request, trying again while there is no room; empty where closing left no time. */
    private Optional<Outcome> finished(Held held, RequestEvent event, RequestSpan span, Turnstile.Pass pass)
            throws InterruptedException {
        Optional<Outcome> outcome = await(held, begin(event, span, pass));
        while (outcome.isPresent()
                && outcome.get() instanceof Outcome.Postponed
                && !bench.closing().begun()) {
            bench.desk().leave(event);
            bench.closing().await(PAUSE_MS);
            outcome = await(held, begin(event, span, pass));
        }
        return outcome;
    }

    private CompletableFuture<Outcome> begin(RequestEvent event, RequestSpan span, Turnstile.Pass pass) {
        try (Scope _ = span.context().makeCurrent()) {
            return bench.desk().work(event, pass::close);
        }
    }

    private AcknowledgeType carryOut(Held held, RequestEvent event, Outcome outcome, RequestSpan span)
            throws InterruptedException {
        return switch (outcome) {
            case Outcome.Replied(Reply reply) ->
                sent(held, reply, span) ? AcknowledgeType.ACCEPT : givenUp(held, event);
            case Outcome.Rejected(RequestEvent.Illegible bad) -> {
                LOG.warnf(
                        "%s is no request and goes to the dead letters: %s",
                        held, bad.fault().message());
                Optional<Reply> told = bad.sender().map(id -> Reply.passingFault(id, bad.fault()));
                yield told.isEmpty() || sent(held, told.get(), span) ? AcknowledgeType.REJECT : givenUp(held, event);
            }
            case Outcome.Postponed(var why) -> released(held, why, span);
            case Outcome.Released(var why) -> {
                LOG.errorf("%s failed and is given back: %s", held, why.message());
                bench.closing().await(PAUSE_MS);
                yield released(held, why, span);
            }
        };
    }

    /** Whether the reply is safe on the broker. */
    private boolean sent(Held held, Reply reply, RequestSpan span) throws InterruptedException {
        span.replied(reply);
        try {
            Optional<RecordMetadata> safe = await(held, bench.results().send(reply, span));
            safe.ifPresent(at -> reply.answers()
                    .ifPresent(
                            digest -> bench.shelf().add(reply.id(), new Place(at.partition(), at.offset(), digest))));
            return safe.isPresent();
        } catch (KafkaException e) {
            LOG.errorf(
                    "The result of %s could not be sent, so the request is given back: %s", reply.id(), e.toString());
            return false;
        }
    }

    /** Waits, renewing the lock; empty where closing left no time. */
    private <T> Optional<T> await(Held held, CompletableFuture<T> future) throws InterruptedException {
        while (true) {
            try {
                return Optional.of(future.get(Math.min(TICK_MS, held.millisToRenewal() + 1), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                if (bench.closing().timeIsUp()) {
                    return Optional.empty();
                }
                if (held.millisToRenewal() == 0) {
                    held.renew();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
            }
        }
    }

    private AcknowledgeType givenUp(Held held, RequestEvent event) {
        LOG.infof("%s is given back unanswered", held);
        bench.desk().giveUp(event);
        return AcknowledgeType.RELEASE;
    }

    private static AcknowledgeType released(Held held, dev.graft.contracts.Fault why, RequestSpan span) {
        LOG.debugf("%s is given back: %s", held, why.code());
        span.failed(why.code());
        return AcknowledgeType.RELEASE;
    }
}
