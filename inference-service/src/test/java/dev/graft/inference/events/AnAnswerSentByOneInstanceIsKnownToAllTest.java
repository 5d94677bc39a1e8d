package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.graft.broker.Closing;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.Topics;
import dev.graft.inference.settings.KafkaSettings;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AnAnswerSentByOneInstanceIsKnownToAllTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Digest ASKED = new Digest("1");
    private static final RealBroker BROKER = new RealBroker();
    private static final Connections CONNECTIONS = connections();

    @AfterAll
    static void stop() {
        BROKER.stop();
    }

    @Test
    void itIsFoundByAnInstanceThatStartsLaterAndByOneThatWasThereWordForWord() throws Exception {
        var closing = new Closing();
        try (var there = new AnswerShelf(new StoredAnswers(100), CONNECTIONS);
                var later = new AnswerShelf(new StoredAnswers(100), CONNECTIONS);
                var results = new Results(CONNECTIONS, Clock.systemUTC())) {
            follow(there, closing);
            Reply sent = Reply.lastingFault("a", ASKED, Fault.input("prompt_too_long", "prompt", "9", "shorten it"));
            send(results, sent);
            send(results, Reply.passingFault("b", Fault.input("malformed_event", "", "", "must be JSON")));
            await().atMost(PATIENCE).until(() -> there.find("a", ASKED).isPresent());
            follow(later, closing);

            for (AnswerShelf shelf : new AnswerShelf[] {there, later}) {
                assertThat(shelf.find("a", ASKED))
                        .hasValueSatisfying(found -> assertThat(found.body()).isEqualTo(sent.body()));
                assertThat(shelf.find("b", ASKED)).isEmpty();
                assertThatThrownBy(() -> shelf.find("a", new Digest("2")))
                        .isInstanceOfSatisfying(
                                FaultException.class,
                                e -> assertThat(e.fault().code()).isEqualTo("id_reused"));
            }
        } finally {
            closing.begin(Duration.ZERO);
        }
    }

    private static void follow(AnswerShelf shelf, Closing closing) throws InterruptedException {
        var follower = new Follower(Topics.INFERENCE_RESULTS, 100, CONNECTIONS, closing, shelf::add);
        Thread.ofPlatform().daemon().start(follower);
        assertThat(follower.awaitCaughtUp(PATIENCE)).isTrue();
    }

    private static void send(Results results, Reply reply) throws Exception {
        var record = new ConsumerRecord<>("t", 0, 0, new byte[0], new byte[0]);
        results.send(reply, new Tracing(OpenTelemetry.noop()).begin(record)).get(60, TimeUnit.SECONDS);
    }

    private static Connections connections() {
        BROKER.start();
        return new Connections(new Settings(BROKER.bootstrap(), 2, Duration.ofSeconds(5)));
    }

    record Settings(String bootstrap, int ahead, Duration drain) implements KafkaSettings {
        @Override
        public boolean enabled() {
            return true;
        }

        @Override
        public String group() {
            return "graft-inference";
        }

        @Override
        public int answers() {
            return 1_000;
        }
    }
}
