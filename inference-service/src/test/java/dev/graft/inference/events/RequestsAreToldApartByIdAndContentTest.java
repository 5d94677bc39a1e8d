package dev.graft.inference.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.contracts.FaultException;
import dev.graft.inference.events.StoredAnswers.Place;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class RequestsAreToldApartByIdAndContentTest {
    private static final String ASKED = """
            {"id":"a","prompt":{"type":"text","text":"x"},"output":{"type":"generate","sampling":{"stop":["b"],"topK":1}}}""";

    @Test
    void orderOfFieldsSpacePriorityAndDeadlineDoNotMakeAnotherRequest() {
        String again = """
                {"priority":7, "deadline":"2030-01-01T00:00:00Z",
                 "output":{"sampling":{"topK":1,"stop":["b"]},"type":"generate"}, "prompt":{"text":"x","type":"text"}, "id":"a"}""";
        assertThat(digest(again)).isEqualTo(digest(ASKED));
    }

    @Test
    void anotherPromptModelOrSettingMakesAnotherRequest() {
        assertThat(digest(ASKED.replace("\"x\"", "\"y\""))).isNotEqualTo(digest(ASKED));
        assertThat(digest(ASKED.replace("\"topK\":1", "\"topK\":2"))).isNotEqualTo(digest(ASKED));
        assertThat(digest(ASKED.replace("{\"id\"", "{\"model\":\"m\",\"id\""))).isNotEqualTo(digest(ASKED));
    }

    @Test
    void theFirstRequestAnsweredUnderAnIdKeepsItAndItsNewestCopyIsTheOneRead() {
        var stored = new StoredAnswers(10);
        Digest first = new Digest("1");
        stored.add("id", new Place(0, 5, first));
        stored.add("id", new Place(0, 6, new Digest("2")));
        assertThat(stored.find("id")).contains(new Place(0, 5, first));
        stored.add("id", new Place(0, 9, first));
        assertThat(stored.find("id")).contains(new Place(0, 9, first));
    }

    @Test
    void memoryIsBoundedAndTheAnswersSeenLongestAgoAreForgotten() {
        var stored = new StoredAnswers(100);
        for (int i = 0; i < 1_000; i++) {
            stored.add("id" + i, new Place(0, i, new Digest("d")));
        }
        assertThat(stored.size()).isEqualTo(100);
        assertThat(stored.find("id899")).isEmpty();
        assertThat(stored.find("id900")).isPresent();
    }

    @Test
    void aRequestThatWasCancelledIsNotBegun() {
        var inFlight = new InFlight();
        inFlight.cancel("id");
        assertThatThrownBy(() -> inFlight.join("id", new Digest("d"), () -> {
                    throw new AssertionError("was begun");
                }))
                .isInstanceOfSatisfying(
                        FaultException.class, e -> assertThat(e.fault().code()).isEqualTo("cancelled"));
    }

    @Test
    void whatIsNoRequestIsIllegibleAndItsSenderIsKnownByTheHeader() {
        var garbage = record("\u0000\u0001 not json");
        garbage.headers().add("ce_id", "asked".getBytes(StandardCharsets.UTF_8));
        assertThat(RequestEvent.of(garbage)).isInstanceOfSatisfying(RequestEvent.Illegible.class, event -> {
            assertThat(event.sender()).contains("asked");
            assertThat(event.fault().code()).isEqualTo("malformed_event");
        });
        assertThat(RequestEvent.of(new ConsumerRecord<>("t", 0, 0, new byte[0], new byte[0])))
                .isInstanceOf(RequestEvent.Illegible.class);
        assertThat(RequestEvent.of(record("[1, 2]"))).isInstanceOf(RequestEvent.Illegible.class);
        assertThat(RequestEvent.of(record("[".repeat(100_000)))).isInstanceOf(RequestEvent.Illegible.class);
        assertThat(RequestEvent.of(record(ASKED.replace("\"a\"", "\"" + "a".repeat(201) + "\""))))
                .isInstanceOf(RequestEvent.Illegible.class);
        assertThat(RequestEvent.of(record(ASKED))).isInstanceOf(RequestEvent.Legible.class);
    }

    private static Digest digest(String body) {
        return Digest.of(body.getBytes(StandardCharsets.UTF_8));
    }

    private static ConsumerRecord<byte[], byte[]> record(String body) {
        return new ConsumerRecord<>("t", 0, 0, new byte[0], body.getBytes(StandardCharsets.UTF_8));
    }
}
