package dev.graft.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON as a Python or Go program would write it by hand: what is optional left out, or null. */
class EventsWrittenByOtherLanguagesTest {
    private static <T> T read(String json, Class<T> type) {
        return EventJson.read(json.getBytes(UTF_8), type);
    }

    @Test
    void theShortestInferenceRequestTakesEveryDefault() {
        var request = read("""
                {"id": "r-1", "prompt": {"type": "text", "text": "Hi"}, "output": {"type": "generate"}}""", InferenceRequest.class);

        assertThat(request)
                .isEqualTo(new InferenceRequest(
                        "r-1",
                        Optional.empty(),
                        new Prompt.Text("Hi"),
                        new Output.Generate(Sampling.defaults()),
                        0,
                        Optional.empty()));
    }

    @Test
    void nullMeansTheSameAsLeftOut() {
        var request = read("""
                {"id": "r-1", "model": null, "user": null, "loraScale": null, "prompt": {"type": "text", "text": "Hi"}, "priority": null, "deadline": null,
                 "output": {"type": "generate", "sampling": {"maxTokens": null, "temperature": null, "seed": null, "stop": null, "logitBias": null}}}""", InferenceRequest.class);

        assertThat(request.model()).isEmpty();
        assertThat(request.user()).isEmpty();
        assertThat(request.loraScale()).isEmpty();
        assertThat(request.priority()).isZero();
        assertThat(request.deadline()).isEmpty();
        assertThat(request.output()).isEqualTo(new Output.Generate(Sampling.defaults()));
    }

    @Test
    void aFullInferenceRequestKeepsEveryValue() {
        var request = read("""
                {"id": "r-2", "model": "reviews", "user": "u-1", "loraScale": 0.5, "priority": 5, "deadline": "2026-11-24T17:00:00Z",
                 "prompt": {"type": "chat", "messages": [{"role": "user", "content": "Good."}]},
                 "output": {"type": "generate", "sampling": {"maxTokens": 8, "stop": ["\\n"], "logitBias": {"17": -100}}}}""", InferenceRequest.class);

        assertThat(request.model()).contains("reviews");
        assertThat(request.user()).contains("u-1");
        assertThat(request.loraScale()).hasValue(0.5);
        assertThat(request.deadline()).contains(Instant.parse("2026-11-24T17:00:00Z"));
        assertThat(request.prompt()).isEqualTo(new Prompt.Chat(List.of(new Message("user", "Good."))));
        var sampling = ((Output.Generate) request.output()).sampling();
        assertThat(sampling.maxTokens()).isEqualTo(OptionalInt.of(8));
        assertThat(sampling.stop()).containsExactly("\n");
        assertThat(sampling.logitBias()).isEqualTo(Map.of(17, -100.0));
    }

    @Test
    void enumsAreWrittenInLowerCase() {
        var request = read("""
                {"id": "r-3", "prompt": {"type": "text", "text": "Good."},
                 "output": {"type": "classify", "labels": ["yes", "no"], "normalisation": "pmi", "calibration": "contextual"}}""", InferenceRequest.class);

        assertThat(request.output())
                .isEqualTo(new Output.Classify(
                        List.of("yes", "no"), Optional.of(Normalisation.PMI), Optional.of(Calibration.CONTEXTUAL)));
        assertThat(new String(EventJson.write(request), UTF_8)).contains("\"pmi\"", "\"contextual\"");
    }

    @Test
    void aPromptRequestNeedsOnlyItsIdAndTemplate() {
        var request = read("""
                {"id": "p-1", "template": "greeting"}""", PromptRequest.class);

        assertThat(request)
                .isEqualTo(new PromptRequest("p-1", "greeting", Map.of(), Optional.empty(), 0, Optional.empty()));
    }

    @Test
    void aResultOfAnOlderWriterIsReadWithoutItsNewerFields() {
        var result = read("""
                {"type": "answered", "id": "r-1", "served": {"model": "SmolLM2"}, "text": "Hi", "finish": "stop",
                 "usage": {"promptTokens": 3, "cachedTokens": 0, "completionTokens": 1},
                 "timings": {"queueMs": 0.1, "prefillMs": 2, "decodeMs": 3}}""", InferenceResult.class);

        assertThat(((InferenceResult.Answered) result).labels()).isEmpty();
        assertThat(((InferenceResult.Answered) result).served()).isEqualTo(Served.base("SmolLM2"));
    }

    @Test
    void fieldsOfNewerWritersArePassedOver() {
        assertThat(read("""
                {"type": "cancel", "id": "r-1", "reason": {"by": "user"}}""", InferenceControl.class)).isEqualTo(new InferenceControl.Cancel("r-1"));
    }

    @ParameterizedTest(name = "{1} is at fault in {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"prompt":{"type":"text","text":"x"},"output":{"type":"generate"}}                          | id
            {"id":null,"prompt":{"type":"text","text":"x"},"output":{"type":"generate"}}                | id
            {"id":"1","output":{"type":"generate"}}                                                     | prompt
            {"id":"1","prompt":{"type":"text","text":"x"}}                                              | output
            {"id":"1","prompt":{"type":"poem","text":"x"},"output":{"type":"generate"}}                 | prompt
            {"id":"1","prompt":{"text":"x"},"output":{"type":"generate"}}                               | prompt
            {"id":"1","prompt":{"type":"text"},"output":{"type":"generate"}}                            | prompt.text
            {"id":"1","prompt":{"type":"chat"},"output":{"type":"generate"}}                            | prompt.messages
            {"id":"1","prompt":{"type":"chat","messages":"x"},"output":{"type":"generate"}}             | prompt.messages
            {"id":"1","prompt":{"type":"chat","messages":[null]},"output":{"type":"generate"}}          | prompt.messages[0]
            {"id":"1","prompt":{"type":"chat","messages":[{"role":"user"}]},"output":{"type":"generate"}} | prompt.messages[0].content
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"classify"}}                 | output.labels
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"classify","labels":["a",null]}} | output.labels[1]
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"classify","labels":["a","b"],"calibration":"strong"}} | output.calibration
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate","sampling":{"maxTokens":"many"}}} | output.sampling.maxTokens
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate","sampling":{"maxTokens":99999999999}}} | output.sampling.maxTokens
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate","sampling":{"maxTokens":1.5}}} | output.sampling.maxTokens
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate","sampling":{"stop":[null]}}} | output.sampling.stop[0]
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate","sampling":{"logitBias":{"a":1}}}} | output.sampling.logitBias
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate"},"priority":"high"} | priority
            {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate"},"deadline":"soon"} | deadline
            """)
    void aMalformedRequestIsAFaultThatNamesTheField(String json, String field) {
        var thrown = catchThrowableOfType(FaultException.class, () -> read(json, InferenceRequest.class));

        assertThat(thrown).as("no fault for %s", json).isNotNull();
        assertThat(thrown.fault().code()).isEqualTo("malformed_event");
        assertThat(thrown.fault().kind()).isEqualTo(FaultKind.INPUT);
        assertThat(thrown.fault().field()).isEqualTo(field);
        assertThat(thrown.fault().remedy()).isNotBlank().doesNotContain("com.fasterxml", "dev.graft");
    }

    @ParameterizedTest(name = "{1} is at fault in {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"name":"a b","revision":1,"generations":[G]}                                            | name
            {"name":"a","revision":0,"generations":[G]}                                              | revision
            {"name":"a","revision":1,"generations":[]}                                               | generations
            {"name":"a","revision":1,"generations":[G,G]}                                            | generations
            {"name":"a","revision":1,"generations":[G],"labels":{"x":2}}                             | labels.x
            {"name":"a","revision":1,"generations":[G],"labels":{"x":null}}                          | labels.x
            {"name":"a","revision":1,"generations":[G],"share":{"generation":1,"percent":5}}         | share.generation
            {"name":"a","revision":1,"generations":[G],"share":{"generation":1,"percent":0}}         | share.percent
            {"name":"a","revision":1,"generations":[{"generation":1}]}                               | generations[0].bytes
            {"name":"a","revision":1,"generations":[{"generation":1,"baseSha256":"X","sha256":"S","bytes":1,"rank":1,"targets":["q"],"source":"file:/a","state":"candidate","lineage":{},"createdAt":"2026-11-24T17:00:00Z"}]} | generations[0].baseSha256
            """)
    void anEntryThatCanNotBeIsRefused(String json, String field) {
        String generation = """
                {"generation":1,"baseSha256":"S","sha256":"S","bytes":1,"rank":1,"targets":["q"],"source":"file:/a","state":"live",
                 "promotedAt":1,"lineage":{},"createdAt":"2026-11-24T17:00:00Z"}""";
        String whole = json.replace("G", generation).replace("\"S\"", "\"" + "a".repeat(64) + "\"");
        var thrown = catchThrowableOfType(FaultException.class, () -> read(whole, AdapterEntry.class));

        assertThat(thrown).as("no fault for %s", json).isNotNull();
        assertThat(thrown.fault().code()).isEqualTo("malformed_event");
        assertThat(thrown.fault().field()).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {"~~", "not json", "[]", "17", "null", "{\"id\":"})
    void whatIsNoJsonObjectIsAFault(String json) {
        assertThat(catchThrowableOfType(FaultException.class, () -> read(json, InferenceRequest.class)))
                .isNotNull()
                .extracting(thrown -> thrown.fault().code())
                .isEqualTo("malformed_event");
    }

    @Test
    void deepNestingIsAFaultAndNoStackOverflow() {
        String deep = "{\"id\":\"1\",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThat(catchThrowableOfType(FaultException.class, () -> read(deep, InferenceRequest.class)))
                .isNotNull();
    }

    @Test
    void invalidUtf8IsAFault() {
        byte[] bytes = "{\"id\":\"1\",\"prompt\":{\"type\":\"text\",\"text\":\"x?\"}}".getBytes(UTF_8);
        bytes[bytes.length - 4] = (byte) 0xff;

        assertThat(catchThrowableOfType(FaultException.class, () -> EventJson.read(bytes, InferenceRequest.class)))
                .isNotNull();
    }
}
