package dev.graft.inference.events;

import dev.graft.broker.Closing;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.InferenceControl;
import dev.graft.contracts.InferenceRequest;
import dev.graft.contracts.Topics;
import dev.graft.inference.admission.Inference;
import dev.graft.inference.request.Request;
import dev.graft.inference.settings.KafkaSettings;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/** The open door: followers of results and control, and the hands. */
final class Door {
    private static final Logger LOG = Logger.getLogger(Door.class);
    private static final int CANCELLATIONS_LOOKED_BACK = 1_000;
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final KafkaSettings settings;
    private final Closing closing = new Closing();
    private final InFlight inFlight = new InFlight();
    private final StoredAnswers stored;
    private final AnswerShelf shelf;
    private final Results results;
    private final Follower resultsFollower;
    private final Follower controlFollower;
    private final List<Hand> hands;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * @param slots requests that the engine computes at the same time
     * @param checks turns a request into one that passed every check
     * @param counted told a word for each request that was seen through
     */
    Door(
            KafkaSettings settings,
            int slots,
            Inference inference,
            Function<InferenceRequest, Request> checks,
            OpenTelemetry telemetry,
            Consumer<String> counted) {
        this.settings = settings;
        var connections = new Connections(settings);
        var clock = Clock.systemUTC();
        stored = new StoredAnswers(settings.answers());
        shelf = new AnswerShelf(stored, connections);
        results = new Results(connections, clock);
        resultsFollower = new Follower(Topics.INFERENCE_RESULTS, settings.answers(), connections, closing, shelf::add);
        controlFollower =
                new Follower(Topics.INFERENCE_CONTROL, CANCELLATIONS_LOOKED_BACK, connections, closing, this::control);
        var bench = new Hand.Bench(
                connections,
                new Turnstile(inference, settings.ahead()),
                new Desk(inference, checks, shelf, inFlight, clock),
                shelf,
                results,
                new Tracing(telemetry),
                closing,
                counted);
        hands = IntStream.range(0, slots + settings.ahead())
                .mapToObj(i -> new Hand(bench))
                .toList();
    }

    /** Reads which answers and cancellations there are, then takes requests. Blocks while the broker or the topics are not there. */
    void open() throws InterruptedException {
        start("kafka-results", resultsFollower);
        start("kafka-control", controlFollower);
        while (!resultsFollower.awaitCaughtUp(POLITE) || !controlFollower.awaitCaughtUp(POLITE)) {
            if (closing.begun()) {
                return;
            }
            LOG.infof("Waiting for Kafka at %s", settings.bootstrap());
        }
        for (int i = 0; i < hands.size(); i++) {
            start("kafka-hand-" + i, hands.get(i));
        }
        LOG.infof(
                "Taking requests from %s: %d hands, %d answers known",
                Topics.INFERENCE_REQUESTS, hands.size(), stored.size());
    }

    private static final Duration POLITE = Duration.ofSeconds(10);

    /** Takes no more, lets what is under way finish within the time that is set, gives the rest back. */
    void close() {
        closing.begin(settings.drain());
        hands.forEach(Hand::wakeUp);
        long end = System.nanoTime() + settings.drain().plus(LAST_WORDS).toNanos();
        try {
            for (Thread thread : snapshot()) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        results.close();
        shelf.close();
    }

    int inFlight() {
        return inFlight.size();
    }

    int storedAnswers() {
        return stored.size();
    }

    private void control(ConsumerRecord<byte[], byte[]> record) {
        switch (EventJson.read(record.value(), InferenceControl.class)) {
            case InferenceControl.Cancel(String id) -> inFlight.cancel(id);
        }
    }

    private synchronized void start(String name, Runnable work) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(work));
    }

    private synchronized List<Thread> snapshot() {
        return List.copyOf(threads);
    }
}
