package dev.graft.inference.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.graft.contracts.AdapterChange.Label;
import dev.graft.contracts.AdapterChange.Promote;
import dev.graft.contracts.AdapterChange.Retire;
import dev.graft.contracts.AdapterChange.Rollback;
import dev.graft.contracts.AdapterEntry;
import dev.graft.contracts.AdapterExpectation;
import dev.graft.contracts.AdapterGeneration;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import dev.graft.inference.adapter.Entries;
import dev.graft.inference.adapter.RegistryLog.Outcome;
import dev.graft.inference.adapter.RegistryLog.Outcome.Stale;
import dev.graft.inference.adapter.RegistryLog.Outcome.Unchanged;
import dev.graft.inference.adapter.RegistryLog.Outcome.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real broker; each instance has its own follower and writer. */
class AllInstancesKnowTheSameAdaptersTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final OptionalInt NONE = OptionalInt.empty();
    private static final RealBroker BROKER = new RealBroker();

    @SuppressWarnings("NullAway.Init")
    private static Connections connections;

    private final List<RegistryInstance> instances = new ArrayList<>();

    @BeforeAll
    static void startBroker() {
        BROKER.start();
        connections = new Connections(
                new AnAnswerSentByOneInstanceIsKnownToAllTest.Settings(BROKER.bootstrap(), 2, Duration.ofSeconds(5)));
    }

    @AfterAll
    static void stopBroker() {
        BROKER.stop();
    }

    @AfterEach
    void closeAll() {
        instances.forEach(RegistryInstance::close);
    }

    @Test
    void whoeverWritesAndWheneverOneStartsAllComeToKnowTheSame() throws Exception {
        RegistryInstance one = started();
        RegistryInstance two = started();
        RegistryInstance three = started();
        one.change("same", Entries.nowhere(1, true));
        two.change("same", Entries.nowhere(2, true));
        three.change("same", new Label("stable", OptionalInt.of(1)));
        two.change("other", Entries.nowhere(3, false));

        three.close(); // killed: it leaves nothing behind
        one.change("same", new Rollback(NONE));
        two.change("other", new Promote(1));
        RegistryInstance again = started();
        RegistryInstance late = started();
        again.change("same", new Retire(OptionalInt.of(2)));

        List<AdapterEntry> truth = again.registry.entries();
        assertThat(again.registry.find("same")).hasValueSatisfying(entry -> {
            assertThat(entry.live()).map(AdapterGeneration::generation).contains(1);
            assertThat(entry.labels()).isEqualTo(Map.of("stable", 1));
            assertThat(entry.revision()).isEqualTo(5);
        });
        for (RegistryInstance instance : List.of(one, two, late)) {
            instance.awaitSame(truth);
        }
    }

    @Test
    void ofWritersWithTheSameRevisionOneWinsAndTheOthersGetWhatItWrote() throws Exception {
        List<RegistryInstance> writers = List.of(started(), started(), started());
        writers.getFirst().change("contended", Entries.nowhere(0, true));
        for (int round = 1; round <= 8; round++) {
            var expected = round % 2 == 0 ? AdapterExpectation.revision(round) : AdapterExpectation.generation(round);
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> outcome : atOnce(writers, round, expected)) {
                outcomes.add(outcome.get());
            }
            assertThat(outcomes).filteredOn(Written.class::isInstance).hasSize(1);
            AdapterEntry won = outcomes.stream()
                    .filter(Written.class::isInstance)
                    .map(outcome -> ((Written) outcome).entry())
                    .findFirst()
                    .orElseThrow();
            assertThat(won.revision()).isEqualTo(round + 1);
            assertThat(outcomes)
                    .filteredOn(Stale.class::isInstance)
                    .hasSize(2)
                    .allSatisfy(stale -> assertThat(((Stale) stale).current()).contains(won));
        }
    }

    private static List<Future<Outcome>> atOnce(
            List<RegistryInstance> writers, int round, AdapterExpectation expected) {
        var go = new CountDownLatch(1);
        List<Future<Outcome>> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < writers.size(); i++) {
                RegistryInstance writer = writers.get(i);
                int file = 10 * round + i;
                outcomes.add(threads.submit(() -> {
                    go.await();
                    return writer.change("contended", expected, Entries.nowhere(file, true));
                }));
            }
            go.countDown();
        }
        return outcomes;
    }

    @Test
    void noChangeIsLostAmongManyWriters() throws Exception {
        List<RegistryInstance> writers = List.of(started(), started(), started());
        writers.getFirst().change("busy", Entries.nowhere(1, true));
        List<Future<Integer>> done = new ArrayList<>();
        int each = 10;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < writers.size(); i++) {
                RegistryInstance writer = writers.get(i);
                String label = "writer-" + i;
                done.add(threads.submit(() -> {
                    int written = 0;
                    for (int n = 0; n < each; n++) {
                        OptionalInt where = n % 2 == 0 ? OptionalInt.of(1) : NONE;
                        written += changed(writer, new Label(label, where)) ? 1 : 0;
                    }
                    return written;
                }));
            }
        }
        int written = 0;
        for (Future<Integer> one : done) {
            written += one.get();
        }
        assertThat(written).isEqualTo(3 * each);
        long last = 1L + written;
        await().atMost(PATIENCE)
                .until(() -> writers.stream()
                        .allMatch(writer ->
                                writer.registry.find("busy").orElseThrow().revision() == last));
    }

    /** Tries again while the others crowd it out. */
    private static boolean changed(RegistryInstance writer, Label change) throws InterruptedException {
        while (true) {
            try {
                return writer.change("busy", change) instanceof Written;
            } catch (FaultException e) {
                assertThat(e.fault().code()).isEqualTo("registry_unavailable");
            }
        }
    }

    @Test
    void theSameAgainWritesNothing() throws Exception {
        RegistryInstance one = started();
        one.change("twice", Entries.nowhere(1, true));
        assertThat(one.change("twice", Entries.nowhere(1, true))).isInstanceOf(Unchanged.class);
        assertThat(one.change("twice", AdapterExpectation.revision(0), Entries.nowhere(2, true)))
                .isInstanceOf(Stale.class);
        assertThat(one.registry.find("twice")).map(AdapterEntry::revision).contains(1L);
    }

    @Test
    void whatIsNoEntryIsNoAdapterForAnybody() throws Exception {
        RegistryInstance there = started();
        there.change("torn", Entries.nowhere(1, true));
        AdapterEntry good = Entries.after("good", Entries.nowhere(1, true));
        try (KafkaProducer<byte[], byte[]> foreign = connections.producer()) {
            send(foreign, "torn", "{\"name\": \"torn\", \"revision\": 1, \"gener".getBytes(UTF_8));
            send(foreign, "foreign", "hello".getBytes(UTF_8));
            send(foreign, "empty", new byte[0]);
            send(foreign, "other-name", EventJson.write(good));
            send(
                    foreign,
                    "no-live-number",
                    "{\"name\":\"no-live-number\",\"revision\":1,\"generations\":[]}".getBytes(UTF_8));
            foreign.send(new ProducerRecord<>(Topics.ADAPTERS, new byte[] {(byte) 0xff}, new byte[] {1}))
                    .get(30, TimeUnit.SECONDS);
            send(foreign, "good", EventJson.write(good));
        }
        await().atMost(PATIENCE).until(() -> there.registry.find("good").isPresent());
        RegistryInstance late = started();
        for (RegistryInstance instance : List.of(there, late)) {
            assertThat(instance.registry.find("good")).contains(good);
            for (String name : List.of("torn", "foreign", "empty", "other-name", "no-live-number")) {
                assertThat(instance.registry.find(name)).isEmpty();
            }
        }
        assertThat(late.change("good", new Label("next", OptionalInt.of(1)))).isInstanceOf(Written.class);
        assertThat(there.change("torn", AdapterExpectation.revision(0), Entries.nowhere(2, true)))
                .isInstanceOf(Written.class);
    }

    /** As when the answer to a commit is lost, and others write before it is asked again. */
    @Test
    void whoDoesNotKnowWhetherItWroteFindsOutEvenIfOthersWroteSince() throws Exception {
        RegistryInstance other = started();
        AdapterEntry mine = Entries.after("doubtful", Entries.nowhere(1, true));
        AdapterEntry never = Entries.after("doubtful", Entries.nowhere(2, true));
        try (RegistrySession session = RegistrySession.open(connections, Optional.empty())) {
            assertThat(session.read("doubtful")).isEmpty();
            session.write(mine, Instant.now());
        }
        other.change("doubtful", new Label("since", OptionalInt.of(1)));
        for (AdapterEntry doubtful : List.of(mine, never)) {
            try (RegistrySession again = RegistrySession.open(connections, Optional.of(doubtful))) {
                assertThat(again.read("doubtful")).map(AdapterEntry::revision).contains(2L);
                assertThat(again.doubtfulWritten()).isEqualTo(doubtful.equals(mine));
            }
        }
    }

    @Test
    void aTopicThatIsMadeAnewIsReadAnew() throws Exception {
        RegistryInstance one = started();
        RegistryInstance two = started();
        one.change("old", Entries.nowhere(1, true));
        two.awaitSame(one.registry.entries());
        BROKER.makeAnew(Topics.ADAPTERS);
        await().atMost(PATIENCE).until(() -> two.registry.entries().isEmpty());
        await().atMost(PATIENCE).until(() -> {
            try {
                return one.change("new", Entries.nowhere(1, true)) instanceof Written;
            } catch (FaultException e) {
                return false;
            }
        });
        for (RegistryInstance instance : List.of(one, two, started())) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(instance.registry.entries())
                            .extracting(AdapterEntry::name)
                            .containsExactly("new"));
        }
    }

    @Test
    void aRecordWithoutValueTakesAnAdapterAway() throws Exception {
        RegistryInstance there = started();
        there.change("leaving", Entries.nowhere(1, true));
        try (KafkaProducer<byte[], byte[]> foreign = connections.producer()) {
            send(foreign, "leaving", null);
        }
        await().atMost(PATIENCE).until(() -> there.registry.find("leaving").isEmpty());
        assertThat(started().registry.find("leaving")).isEmpty();
        assertThat(there.change("leaving", AdapterExpectation.revision(0), Entries.nowhere(2, true)))
                .isInstanceOf(Written.class);
    }

    @Test
    void aWriterThatDiesInTheMiddleIsAsIfItNeverWrote() throws Exception {
        RegistryInstance there = started();
        there.change("half", Entries.nowhere(1, true));
        AdapterEntry never = new Label("never", OptionalInt.of(1)).apply("half", there.registry.find("half"));
        KafkaProducer<byte[], byte[]> dying = connections.registryProducer();
        dying.initTransactions();
        dying.beginTransaction();
        dying.send(RegistryRecord.of(never, Instant.now())).get(30, TimeUnit.SECONDS);
        dying.close(Duration.ZERO);

        assertThat(there.change("half", AdapterExpectation.revision(1), new Label("after", OptionalInt.of(1))))
                .isInstanceOf(Written.class);
        for (RegistryInstance instance : List.of(there, started())) {
            instance.awaitSame(there.registry.entries());
            assertThat(instance.registry.find("half").orElseThrow().labels()).containsOnlyKeys("after");
        }
    }

    @Test
    void compactionKeepsTheTruth() throws Exception {
        RegistryInstance one = started();
        one.change("kept", Entries.nowhere(1, true));
        one.change("gone", Entries.nowhere(1, true));
        for (int i = 0; i < 40; i++) {
            one.change("kept", new Label("l", i % 2 == 0 ? OptionalInt.of(1) : NONE));
        }
        try (KafkaProducer<byte[], byte[]> foreign = connections.producer()) {
            send(foreign, "gone", null);
        }
        long before = records();
        var file = new AtomicInteger();
        compactAtOnce();
        await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
            one.change(
                    "roll", Entries.nowhere(file.incrementAndGet(), true)); // so that the segment before may be cleaned
            return records() < before / 2;
        });
        RegistryInstance late = started();
        late.awaitSame(one.registry.entries());
        assertThat(late.registry.find("kept")).map(AdapterEntry::revision).contains(41L);
        assertThat(late.registry.find("gone")).isEmpty();
    }

    @Test
    void aTopicThatForgetsIsNoticed() throws Exception {
        assertThat(RegistryTopic.fault(connections)).isEmpty();
        configure(Map.of("cleanup.policy", "compact,delete"));
        try {
            assertThat(RegistryTopic.fault(connections))
                    .hasValueSatisfying(fault -> assertThat(fault)
                            .contains(Topics.ADAPTERS, "cleanup.policy=compact,delete", "set it to compact"));
        } finally {
            configure(Map.of("cleanup.policy", "compact"));
        }
    }

    @Test
    void aBrokerThatGoesAwayIsWaitedForAndThenFollowedOn() throws Exception {
        RegistryInstance one = started();
        RegistryInstance two = started();
        one.change("before", Entries.nowhere(1, true));
        two.awaitSame(one.registry.entries());
        BROKER.takeAway();
        assertThat(two.registry.find("before")).isPresent();
        assertThatThrownBy(() -> one.change("during", Entries.nowhere(1, true)))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().code()).isEqualTo("registry_unavailable"));
        BROKER.bringBack();
        await().atMost(PATIENCE).until(() -> {
            try {
                return two.change("after", Entries.nowhere(1, true)) != null;
            } catch (FaultException e) {
                return false;
            }
        });
        one.awaitSame(two.registry.entries());
        assertThat(one.registry.find("after")).isPresent();
    }

    private RegistryInstance started() {
        RegistryInstance instance = RegistryInstance.started(connections);
        instances.add(instance);
        return instance;
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String key, byte @Nullable [] value)
            throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
        producer.send(new ProducerRecord<>(Topics.ADAPTERS, key.getBytes(UTF_8), value))
                .get(30, TimeUnit.SECONDS);
    }

    /** Records that a reader of the whole topic gets. */
    private static long records() {
        try (var reader = connections.committedReader(200)) {
            var partition = new TopicPartition(Topics.ADAPTERS, 0);
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            long end = reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long count = 0;
            while (reader.position(partition) < end) {
                count += reader.poll(Duration.ofMillis(200)).count();
            }
            return count;
        }
    }

    private static void compactAtOnce() throws Exception {
        configure(Map.of(
                "segment.ms", "500",
                "min.cleanable.dirty.ratio", "0.001",
                "delete.retention.ms", "1",
                "max.compaction.lag.ms", "1000"));
    }

    private static void configure(Map<String, String> settings) throws Exception {
        try (Admin admin = connections.admin()) {
            List<AlterConfigOp> changes = settings.entrySet().stream()
                    .map(s -> new AlterConfigOp(new ConfigEntry(s.getKey(), s.getValue()), AlterConfigOp.OpType.SET))
                    .toList();
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, Topics.ADAPTERS), changes))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }
}
