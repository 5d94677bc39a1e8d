package dev.graft.cli.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.GraftHome;
import dev.graft.contracts.ShareGroups;
import dev.graft.contracts.TopicPlan;
import dev.graft.contracts.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerTakesRequestsAsAQueueTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.builder().home(new GraftHome(folder)).ports(Ports.free()).startBroker();
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
    }

    @Test
    void allTopicsAreThereAndCreatingThemAgainChangesNothing() throws Exception {
        StackTopics.create(stack.bootstrapServers(), LIMIT);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get())
                    .containsAll(TopicPlan.ALL.stream().map(TopicPlan::name).toList());
        }
    }

    /** The request was sent before any worker came, so this fails too where the group begins at the end of the topic. */
    @Test
    void aRejectedRequestIsMovedToTheDeadLettersWithItsBody() throws Exception {
        send(stack.bootstrapServers(), Topics.PROMPT_REQUESTS, "id-1", "not json");
        reject();
        ConsumerRecord<String, String> dead = firstOf(Topics.deadLetters(Topics.PROMPT_REQUESTS));
        assertThat(dead.key()).isEqualTo("id-1");
        assertThat(dead.value()).isEqualTo("not json");
        List<String> headers = new ArrayList<>();
        dead.headers().forEach(h -> headers.add(h.key() + "=" + new String(h.value(), StandardCharsets.UTF_8)));
        assertThat(headers).anyMatch(h -> h.endsWith("=" + Topics.PROMPT_REQUESTS));
    }

    @Test
    void aSecondStackOnTheSamePortIsToldWhoHoldsIt() {
        assertThat(PortHolder.of(stack.broker().port()))
                .hasValueSatisfying(holder -> assertThat(holder)
                        .contains(String.valueOf(
                                stack.broker().handle().orElseThrow().pid())));
    }

    @Test
    void aBrokerThatIsStartedAgainOnOtherPortsKeepsItsRecords(@TempDir Path other) throws Exception {
        for (int start = 0; start < 2; start++) {
            try (Stack moved = Stack.builder()
                    .home(new GraftHome(other))
                    .ports(Ports.free())
                    .startBroker()) {
                assertThat(moved.broker().isReady()).isTrue();
                if (start == 0) {
                    send(moved.bootstrapServers(), Topics.PROMPT_RESULTS, "id-2", "kept");
                } else {
                    assertThat(countOf(moved.bootstrapServers(), Topics.PROMPT_RESULTS))
                            .isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aSecondBrokerOnTheSameFolderIsRefusedAndTheFirstGoesOn() throws Exception {
        var home = new GraftHome(folder);
        Path log = folder.resolve("second.log");
        Process second = new ProcessBuilder(
                        new ProcessPlans(home, GraftHome.findRoot().orElseThrow(), Map.of())
                                .broker(Ports.free())
                                .command())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(second.waitFor(LIMIT)).isTrue();
        assertThat(second.exitValue()).as(Files.readString(log)).isEqualTo(1);
        assertThat(log).content().contains("another broker runs on " + folder).contains("graft down");
        send(stack.bootstrapServers(), Topics.PROMPT_RESULTS, "id-3", "still written");
    }

    private static void send(String servers, String topic, String key, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        }
    }

    private static long countOf(String servers, String topic) throws Exception {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", servers),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            return consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private static void reject() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                stack.bootstrapServers(),
                "group.id",
                ShareGroups.PROMPT.id(),
                "share.acknowledgement.mode",
                "explicit");
        try (var consumer = new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(Topics.PROMPT_REQUESTS));
            long end = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < end) {
                var records = consumer.poll(Duration.ofMillis(500));
                records.forEach(r -> consumer.acknowledge(r, AcknowledgeType.REJECT));
                consumer.commitSync();
                if (!records.isEmpty()) {
                    return;
                }
            }
        }
        throw new AssertionError("no request came within " + LIMIT);
    }

    private static ConsumerRecord<String, String> firstOf(String topic) {
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", stack.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            consumer.seekToBeginning(consumer.assignment());
            long end = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < end) {
                for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofMillis(500))) {
                    return found;
                }
            }
        }
        throw new AssertionError("no dead letter came within " + LIMIT);
    }
}
