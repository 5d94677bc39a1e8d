package dev.graft.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream was captured from llama-server of llama.cpp v0.5.0 (the model's path shortened to its file name). */
class EventReaderTest {
    private static final Path CAPTURED = Path.of("src/test/resources/dev/graft/bench/client/llama-server.sse");

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 100_000})
    void aStreamGivesTheSameEventsInPiecesOfAnySize(int piece) throws IOException {
        byte[] stream = Files.readAllBytes(CAPTURED);
        var reader = new EventReader();
        for (int from = 0; from < stream.length; from += piece) {
            reader.accept(stream, from, Math.min(stream.length, from + piece), 1_000_000L * from);
        }
        Streamed answer = reader.result(0);
        assertThat(answer.arrivalsNanos()).as("the last event has no text").hasSize(5);
        assertThat(answer.promptTokens()).isEqualTo(7);
        assertThat(answer.completionTokens()).isEqualTo(5);
        assertThat(answer.complete()).isTrue();
    }

    @Test
    void anEventArrivesWithThePieceThatEndsItsLine() {
        byte[] line = "data: {\"choices\":[{\"text\":\" a\"}]}\n\n".getBytes(StandardCharsets.UTF_8);
        var reader = new EventReader();
        reader.accept(line, 0, 10, 5_000_000);
        reader.accept(line, 10, line.length, 8_000_000);
        reader.accept(line, 0, line.length, 9_500_000);
        Streamed broken = reader.result(2_000_000);
        assertThat(broken.firstMs()).isEqualTo(6);
        assertThat(broken.gapsMs()).containsExactly(1.5);
        assertThat(broken.complete()).as("no usage yet").isFalse();
    }

    @Test
    void anErrorInTheStreamIsNotCountedAsAnAnswer() {
        byte[] line = "data: {\"error\":{\"message\":\"queue_full\"}}\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> new EventReader().accept(line, 0, line.length, 0))
                .hasMessageContaining("queue_full");
    }
}
