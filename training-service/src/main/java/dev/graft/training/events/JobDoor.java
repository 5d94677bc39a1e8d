package dev.graft.training.events;

import dev.graft.broker.Closing;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import dev.graft.training.job.JobBook;
import dev.graft.training.job.JobCare;
import dev.graft.training.job.JobLog;
import dev.graft.training.job.Leftovers;
import dev.graft.training.job.RecordedEvent;
import dev.graft.training.job.Worker;
import dev.graft.training.settings.TrainingSettings;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** The open door: followers of events and control, what is done for jobs that nobody has, and the takers. */
final class JobDoor {
    private static final Logger LOG = Logger.getLogger(JobDoor.class);
    private static final Duration CAUGHT_UP_WITHIN = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final long RETRY_MS = 500;

    private final TrainingSettings settings;
    private final JobBook book;
    private final JobCare care;
    private final Leftovers leftovers;
    private final Closing closing = new Closing();
    private final Follower events;
    private final Follower control;
    private final List<Taker> takers;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ready;

    JobDoor(TrainingSettings settings, JobBook book, JobLog log, Tracing tracing, Supplier<Worker.Shop> shop) {
        this.settings = settings;
        this.book = book;
        care = new JobCare(book, log, InstantSource.system());
        leftovers = new Leftovers(book, shop.get().folders(), InstantSource.system());
        var connections = new Connections(settings.kafka());
        events = new Follower(Topics.TRAINING_EVENTS, connections, closing, this::event);
        control = new Follower(Topics.TRAINING_CONTROL, connections, closing, this::control);
        var training = new TrainingThreads(settings.training().nice());
        takers = IntStream.range(0, settings.training().atOnce())
                .mapToObj(i -> new Taker(
                        connections,
                        List.of(events, control),
                        new Worker(shop.get(), name(i)),
                        training,
                        tracing,
                        closing))
                .toList();
    }

    /** Reads which jobs there are, then takes some. Blocks while the broker or the topics are not there. */
    void open() throws InterruptedException {
        start("kafka-events", events);
        start("kafka-control", control);
        while (!caughtUp()) {
            if (closing.begun()) {
                return;
            }
            LOG.infof("Waiting for Kafka at %s", settings.kafka().bootstrap());
            closing.await(RETRY_MS);
        }
        ready = true;
        start("job-care", this::care);
        for (int i = 0; i < takers.size(); i++) {
            start("kafka-taker-" + i, takers.get(i));
        }
        LOG.infof("Taking jobs from %s: %d at once", Topics.TRAINING_REQUESTS, takers.size());
    }

    /** Whether all jobs are known here. */
    boolean ready() {
        return ready;
    }

    /** Takes no more, has what is under way saved and asked for anew. */
    void close() {
        closing.begin(settings.kafka().drain());
        takers.forEach(Taker::stop);
        long end = System.nanoTime() + settings.kafka().drain().plus(LAST_WORDS).toNanos();
        try {
            for (Thread thread : snapshot()) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean caughtUp() throws InterruptedException {
        try {
            return events.catchUp(CAUGHT_UP_WITHIN) && control.catchUp(CAUGHT_UP_WITHIN);
        } catch (KafkaException e) {
            return false; // not there yet
        }
    }

    private void care() {
        while (!closing.begun()) {
            try {
                care.look();
                leftovers.clear();
            } catch (FaultException e) {
                LOG.warnf("What is wanted of jobs can't be written down, trying again: %s", e.getMessage());
                closing.await(RETRY_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void event(ConsumerRecord<byte[], byte[]> record) {
        book.record(new RecordedEvent(record.offset(), EventJson.read(record.value(), TrainingEvent.class)));
    }

    private void control(ConsumerRecord<byte[], byte[]> record) {
        book.wish(EventJson.read(record.value(), TrainingControl.class), Instant.ofEpochMilli(record.timestamp()));
    }

    /** The process's own name is pid@host; the time tells its lives apart. */
    private static String name(int number) {
        return ManagementFactory.getRuntimeMXBean().getName() + "-"
                + Instant.now().toEpochMilli() + "-" + number;
    }

    private synchronized void start(String name, Runnable work) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(work));
    }

    private synchronized List<Thread> snapshot() {
        return List.copyOf(threads);
    }
}
