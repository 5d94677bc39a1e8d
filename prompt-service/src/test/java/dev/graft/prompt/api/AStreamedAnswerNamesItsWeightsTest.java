package dev.graft.prompt.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultKind;
import dev.graft.contracts.InferenceResult;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.Served;
import dev.graft.contracts.Timings;
import dev.graft.contracts.Usage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AStreamedAnswerNamesItsWeightsTest {
    private static final Instant LATER = Instant.MAX;
    private static final String TEXT = """
            data: {"model": "asked-for", "choices": [{"index": 0, "delta": {"content": "It is "}, "finish_reason": null}]}

            data: {"model": "asked-for", "choices": [{"index": 0, "delta": {"content": "$699."}, "finish_reason": null}]}

            """;
    private static final String END = """
            data: {"model": "asked-for", "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}

            """;
    private static final String FIGURES = """
            data: {"model": "asked-for", "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 5, \
            "prompt_tokens_details": {"cached_tokens": 8}}, "timings": {"queue_ms": 1.5, "prefill_ms": 20, "decode_ms": 30}, \
            "served": {"model": "base", "adapter": "shop", "generation": 3}}

            data: [DONE]

            """;

    @Test
    void modelAdapterAndGenerationAreThoseOfTheLastChunk() throws IOException {
        StreamedAnswer answer = of(TEXT + END + FIGURES);
        assertThat(answer.next()).contains("It is ");
        assertThat(answer.next()).contains("$699.");
        assertThat(answer.next()).isEmpty();

        assertThat(answer.result("r1", LATER)).isInstanceOfSatisfying(InferenceResult.Answered.class, answered -> {
            assertThat(answered.served()).isEqualTo(new Served("base", "shop", 3));
            assertThat(answered.text()).isEqualTo("It is $699.");
            assertThat(answered.finish()).isEqualTo(Finish.LENGTH);
            assertThat(answered.usage()).isEqualTo(new Usage(12, 8, 5));
            assertThat(answered.timings()).isEqualTo(new Timings(1.5, 20, 30));
        });
    }

    @Test
    void aStreamThatEndsBeforeSayingSoIsNoAnswer() throws IOException {
        for (String broken : new String[] {TEXT, TEXT + END}) {
            StreamedAnswer answer = of(broken);
            for (Optional<String> more = answer.next(); more.isPresent(); more = answer.next()) {}
            assertThat(answer.result("r1", LATER))
                    .isInstanceOfSatisfying(
                            InferenceResult.Failed.class,
                            failed -> assertThat(failed.fault().code()).isEqualTo("inference_broke_off"));
        }
    }

    @Test
    void whatBreaksOffAtItsDeadlineHasMissedIt() throws IOException {
        StreamedAnswer answer = of(TEXT);
        for (Optional<String> more = answer.next(); more.isPresent(); more = answer.next()) {}
        assertThat(faultOf(answer.result("r1", Instant.now())))
                .isEqualTo(new FaultOf("deadline_exceeded", FaultKind.ENDED));
    }

    @Test
    void anErrorInTheStreamKeepsItsCodeAndKind() throws IOException {
        StreamedAnswer answer = of("""
                data: {"error": {"message": "its deadline passed", "type": "timeout_error", "param": null, "code": "deadline_exceeded"}}

                """);
        assertThat(answer.next()).isEmpty();
        assertThat(faultOf(answer.result("r1", LATER))).isEqualTo(new FaultOf("deadline_exceeded", FaultKind.ENDED));
    }

    private record FaultOf(String code, FaultKind kind) {}

    private static FaultOf faultOf(InferenceResult result) {
        Fault fault = ((InferenceResult.Failed) result).fault();
        return new FaultOf(fault.code(), fault.kind());
    }

    private static StreamedAnswer of(String events) {
        return new StreamedAnswer(
                new ByteArrayInputStream(events.getBytes(StandardCharsets.UTF_8)), new ObjectMapper());
    }
}
