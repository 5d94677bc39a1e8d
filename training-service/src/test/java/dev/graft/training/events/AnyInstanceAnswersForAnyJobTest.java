package dev.graft.training.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.contracts.EventJson;
import dev.graft.contracts.Topics;
import dev.graft.contracts.TrainingControl;
import dev.graft.contracts.TrainingEvent;
import dev.graft.testing.broker.RealBroker;
import dev.graft.training.dataset.DataFile;
import dev.graft.training.job.Job;
import dev.graft.training.job.JobStatus;
import dev.graft.training.settings.SettingsOf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances at one real broker, with one folder. The jobs' data is bad, so that each ends without a step. */
class AnyInstanceAnswersForAnyJobTest {
    private static final RealBroker BROKER = new RealBroker();
    private static final String BAD = "{\"input\":\"a\",\"label\":\"x\"}\nno json\n";

    @TempDir
    static Path folder = Path.of("unset");

    @BeforeAll
    static void start() {
        BROKER.start();
    }

    @AfterAll
    static void stop() {
        BROKER.stop();
    }

    @Test
    void bothTakeJobsAndBothKnowWhatBecameOfThem() throws IOException, InterruptedException {
        try (Instance one = Instance.open(BROKER, folder);
                Instance two = Instance.open(BROKER, folder)) {
            DataFile file = one.upload(BAD);
            List<String> ids =
                    IntStream.range(0, 12).mapToObj(i -> "shared-" + i).toList();
            for (String id : ids) {
                one.log().queue(new TrainingEvent.Queued(id, Instant.now(), Instance.request(id, file), 0));
            }
            for (String id : ids) {
                Job here = one.await(id, job -> job.status().ended());
                Job there = two.await(id, job -> job.status().ended());
                assertThat(here.status()).isEqualTo(JobStatus.FAILED);
                assertThat(there).isEqualTo(here);
            }
        }
    }

    @Test
    void aRequestOverKafkaAloneIsAJob() throws IOException, InterruptedException {
        try (Instance one = Instance.open(BROKER, folder)) {
            one.ask(Instance.request("kafka-only", one.upload(BAD)));

            Job job = one.await("kafka-only", j -> j.status().ended());
            assertThat(job.end().orElseThrow().fault().orElseThrow().remedy()).contains("line 2");
        }
    }

    @Test
    void theSameRequestAgainIsNotTrainedAgain() throws IOException, InterruptedException {
        try (Instance one = Instance.open(BROKER, folder)) {
            DataFile file = one.upload(BAD);
            one.ask(Instance.request("twice", file));
            one.await("twice", job -> job.status().ended());
            one.ask(Instance.request("twice", file));
            one.ask(Instance.request("after-twice", file));
            one.await("after-twice", job -> job.status().ended());

            assertThat(one.book().events("twice", -1))
                    .extracting(recorded -> recorded.event().getClass().getSimpleName())
                    .containsExactly("Queued", "Validating", "Failed");
        }
    }

    @Test
    void anInstanceThatComesLaterKnowsWhatWas() throws IOException, InterruptedException {
        try (Instance one = Instance.open(BROKER, folder)) {
            one.ask(Instance.request("earlier", one.upload(BAD)));
            one.await("earlier", job -> job.status().ended());
        }
        try (Instance later = Instance.open(BROKER, folder)) {
            assertThat(later.desk().find("earlier").status()).isEqualTo(JobStatus.FAILED);
        }
    }

    @Test
    void aJobThatWaitsCanBePausedResumedAndCancelled() throws IOException, InterruptedException {
        try (Instance one = Instance.open(BROKER, folder)) {
            // Known, but never asked for: no worker takes it.
            var request = Instance.request("waiting", one.upload(BAD));
            one.log().tell(new TrainingEvent.Queued("waiting", Instant.now(), request, 0));
            one.await("waiting", job -> true);

            assertThat(one.desk().pause("waiting").status()).isEqualTo(JobStatus.PAUSED);
            one.log().control(new TrainingControl.Resume("waiting"));
            assertThat(one.await("waiting", job -> job.status().ended()).status())
                    .as("resumed it was asked for, and its data is bad")
                    .isEqualTo(JobStatus.FAILED);

            var other = Instance.request("unwanted", one.upload(BAD));
            one.log().tell(new TrainingEvent.Queued("unwanted", Instant.now(), other, 0));
            one.await("unwanted", job -> true);
            assertThat(one.desk().cancel("unwanted").status()).isEqualTo(JobStatus.CANCELLED);
        }
    }

    @Test
    void aServiceThatDiesWhileItQueuesAJobLeavesNone() throws IOException, InterruptedException {
        try (Instance one = Instance.open(BROKER, folder)) {
            var request = Instance.request("half", one.upload(BAD));
            var connections = new Connections(SettingsOf.these(Map.of("graft.kafka.bootstrap", BROKER.bootstrap()))
                    .kafka());
            // As it dies between the two records: the transaction is never ended, and the broker gives it up.
            var dying = connections.transactionalProducer("dies");
            dying.initTransactions();
            dying.beginTransaction();
            var _ = dying.send(new ProducerRecord<>(
                    Topics.TRAINING_EVENTS,
                    EventJson.write(new TrainingEvent.Queued("half", Instant.now(), request, 0))));
            dying.flush();
            dying.close(Duration.ZERO);

            one.log()
                    .queue(new TrainingEvent.Queued(
                            "whole", Instant.now(), Instance.request("whole", one.upload(BAD)), 0));
            one.await("whole", job -> job.status().ended());

            assertThat(one.book().find("half")).isEmpty();
        }
    }

    @Test
    void whatIsNoRequestBecomesADeadLetter() throws InterruptedException {
        try (Instance one = Instance.open(BROKER, folder)) {
            var connections = new Connections(SettingsOf.these(Map.of("graft.kafka.bootstrap", BROKER.bootstrap()))
                    .kafka());
            try (var producer = connections.producer()) {
                var _ = producer.send(new ProducerRecord<>(
                        Topics.TRAINING_REQUESTS, "{\"id\":\"../x\"}".getBytes(StandardCharsets.UTF_8)));
            }
            Set<String> dead = new HashSet<>();
            try (var reader = connections.reader()) {
                var partition = new TopicPartition(Topics.deadLetters(Topics.TRAINING_REQUESTS), 0);
                reader.assign(List.of(partition));
                reader.seekToBeginning(List.of(partition));
                for (int i = 0; i < 60 && dead.isEmpty(); i++) {
                    reader.poll(Duration.ofSeconds(1))
                            .forEach(record -> dead.add(new String(record.value(), StandardCharsets.UTF_8)));
                }
            }
            assertThat(dead).containsExactly("{\"id\":\"../x\"}");
            assertThat(one.book().all()).noneMatch(job -> job.id().contains(".."));
        }
    }
}
