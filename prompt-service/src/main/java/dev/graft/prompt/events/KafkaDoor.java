package dev.graft.prompt.events;

import dev.graft.prompt.dispatch.Waiting;
import dev.graft.prompt.settings.PromptSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** Opens when the broker is there: first the ear for results, then the takers of requests. */
@Singleton
final class KafkaDoor {
    private static final Logger LOG = Logger.getLogger(KafkaDoor.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Before the run log, which keeps what the last requests were answered. */
    private static final int FIRST = 10;

    private final PromptSettings.KafkaSettings settings;
    private final Connections connections;
    private final Answering answering;
    private final Waiting waiting;
    private final Stopping stopping = new Stopping();
    private final List<Thread> takers = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    KafkaDoor(
            PromptSettings settings,
            Connections connections,
            Answering answering,
            Waiting waiting,
            MeterRegistry meters) {
        this.settings = settings.kafka();
        this.connections = connections;
        this.answering = answering;
        this.waiting = waiting;
        Gauge.builder("graft.prompt.runs.waiting", waiting, Waiting::size)
                .description("Runs that wait for the inference service")
                .register(meters);
    }

    void start(@Observes StartupEvent event) {
        Thread.ofPlatform().daemon().name("inference-results").start(this::listen);
    }

    void stop(@Observes @Priority(FIRST) ShutdownEvent event) throws InterruptedException {
        stopping.begin(settings.drain());
        for (Thread taker : takers) {
            taker.join(settings.drain().plusSeconds(2));
        }
        threads.shutdownNow();
    }

    private void listen() {
        while (!stopping.begun()) {
            try (KafkaConsumer<byte[], byte[]> consumer = connections.reader()) {
                if (settings.setUp()) {
                    setUp();
                }
                InferenceResults results = new InferenceResults(consumer, waiting);
                if (results.begin()) {
                    waiting.listening(true);
                    startTakers();
                    listen(results);
                    return;
                }
                LOG.infof("Kafka at %s has no topic for inference's results yet", settings.bootstrap());
            } catch (InterruptedException e) {
                return;
            } catch (KafkaException | ExecutionException e) {
                LOG.warnf("Kafka at %s: %s; trying again", settings.bootstrap(), e.getMessage());
            }
            stopping.await(RETRY);
        }
    }

    /** The reader keeps its place over whatever happens to the broker: begun anew, it would miss what came in between. */
    private void listen(InferenceResults results) {
        while (!stopping.timeIsUp().isDone()) {
            try {
                results.poll();
            } catch (KafkaException e) {
                LOG.warnf("Reading inference's results: %s; trying again", e.getMessage());
                stopping.await(RETRY);
            }
        }
    }

    private void setUp() throws InterruptedException, ExecutionException {
        try (Admin admin = connections.admin()) {
            BrokerSetup.apply(admin);
        }
    }

    private void startTakers() {
        for (int i = takers.size(); i < settings.takers(); i++) {
            Taker taker = new Taker(connections, answering, threads, stopping);
            takers.add(Thread.ofPlatform().daemon().name("prompt-requests-" + i).start(taker));
        }
    }
}
