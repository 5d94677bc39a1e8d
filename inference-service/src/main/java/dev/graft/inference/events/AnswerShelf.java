package dev.graft.inference.events;

import dev.graft.contracts.Topics;
import dev.graft.inference.events.StoredAnswers.Place;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Gives stored answers: remembers where each lies on the results topic, and reads it there when it is asked for again. */
final class AnswerShelf implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final StoredAnswers places;
    private final KafkaConsumer<byte[], byte[]> reader;

    AnswerShelf(StoredAnswers places, Connections connections) {
        this.places = places;
        this.reader = connections.reader();
    }

    /**
     * The answer that this request got before; empty where it is a new request, or its answer is no longer kept.
     *
     * @throws dev.graft.contracts.FaultException {@code id_reused} where another request was answered under this id
     */
    Optional<Reply> find(String id, Digest digest) {
        return places.find(id).flatMap(place -> {
            if (!place.digest().fits(digest)) {
                throw InFlight.idReused(id);
            }
            return read(id, place);
        });
    }

    /** Takes note of a record of the results topic; results that don't say what they answer are passed over. */
    void add(ConsumerRecord<byte[], byte[]> result) {
        RequestEvent.header(result.headers(), Digest.HEADER).ifPresent(digest -> add(result, new Digest(digest)));
    }

    /** Takes note of an answer that was just sent. */
    void add(String id, Place place) {
        places.add(id, place);
    }

    private void add(ConsumerRecord<byte[], byte[]> result, Digest digest) {
        Results.idOf(result).ifPresent(id -> places.add(id, new Place(result.partition(), result.offset(), digest)));
    }

    private synchronized Optional<Reply> read(String id, Place place) {
        var partition = new TopicPartition(Topics.INFERENCE_RESULTS, place.partition());
        reader.assign(List.of(partition));
        reader.seek(partition, place.offset());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> found : reader.poll(Duration.ofMillis(200))) {
                if (found.offset() == place.offset()) {
                    return Optional.of(new Reply(id, found.value(), Optional.of(place.digest())));
                }
                places.forget(id, place);
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized void close() {
        reader.close();
    }
}
