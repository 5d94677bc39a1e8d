package dev.graft.contracts;

import static dev.graft.contracts.AdapterState.CANDIDATE;
import static dev.graft.contracts.AdapterState.LIVE;
import static dev.graft.contracts.AdapterState.RETIRED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.graft.contracts.InferenceResult.Finish;
import dev.graft.contracts.InferenceResult.LabelProbability;
import dev.graft.contracts.Output.Calibration;
import dev.graft.contracts.Output.Normalisation;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventsFollowTheirSchemasTest {
    private static final Instant NOW = Instant.parse("2026-11-24T17:00:00.123Z");
    private static final Prompt CHAT = new Prompt.Chat(List.of(new Message("user", "Grüße \u0000 <|im_start|>")));
    private static final Sampling FULL = new Sampling(
            OptionalInt.of(1),
            OptionalDouble.of(0.7),
            OptionalInt.of(40),
            OptionalDouble.of(0.9),
            OptionalDouble.of(0.05),
            OptionalDouble.of(1.1),
            OptionalDouble.of(0.1),
            OptionalDouble.of(-0.1),
            OptionalInt.of(64),
            OptionalLong.of(Long.MIN_VALUE),
            List.of("\n", "###"),
            Map.of(17, -100.0));
    private static final Fault FAULT = Fault.input("prompt_too_long", "prompt", 9000, "shorten it");
    private static final Usage USAGE = new Usage(3, 0, 1);
    private static final Timings TIMINGS = new Timings(0.1, 2, 3);
    private static final List<LabelProbability> LABELS =
            List.of(new LabelProbability("a", 0.25, -2.5), new LabelProbability("b", 0.75, -1));

    private static final TrainingRequest SHORTEST_JOB = new TrainingRequest(
            "job-1",
            "reviews",
            Optional.empty(),
            new TrainingData(
                    "file-1",
                    Optional.empty(),
                    OptionalDouble.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    private static final TrainingRequest FULL_JOB = new TrainingRequest(
            "job-2",
            "reviews",
            Optional.of("m"),
            new TrainingData(
                    "file-1",
                    Optional.of("file-2"),
                    OptionalDouble.of(0.1),
                    Optional.of(new TrainingData.Columns("text", "label")),
                    Optional.of(new TrainingData.Template(Optional.of("t@1"), CHAT)),
                    Optional.of(TrainingData.LossOn.ALL),
                    Optional.of(TrainingData.Format.CSV),
                    Optional.of(TrainingData.Format.JSONL)),
            Optional.of(new TrainingRecipe(
                    OptionalInt.of(16),
                    OptionalDouble.of(32),
                    OptionalDouble.of(0),
                    List.of("q", "down"),
                    Optional.of(true),
                    OptionalDouble.of(16),
                    OptionalDouble.of(5e-4),
                    Optional.of(TrainingRecipe.Schedule.COSINE),
                    OptionalDouble.of(0.03),
                    OptionalDouble.of(0.01),
                    OptionalDouble.of(1),
                    OptionalInt.of(2),
                    OptionalInt.of(8),
                    OptionalInt.of(512),
                    OptionalInt.of(3),
                    OptionalInt.of(100),
                    OptionalLong.of(-1),
                    Optional.of(TrainingRecipe.Precision.BF16))),
            Optional.of(new TrainingChecks(OptionalInt.of(10), OptionalInt.of(3), OptionalInt.of(50))),
            Map.of("team", "support"));
    private static final TrainingEvent.Arithmetic ARITHMETIC =
            new TrainingEvent.Arithmetic(TrainingRecipe.Precision.BF16, 2, "d".repeat(64));

    static final List<Object> EVENTS = List.of(
            SHORTEST_JOB,
            FULL_JOB,
            new TrainingControl.Pause("job-1"),
            new TrainingControl.Resume("job-1"),
            new TrainingControl.Cancel("job-1"),
            new TrainingEvent.Queued("job-2", NOW, FULL_JOB, 1),
            new TrainingEvent.Validating("job-1", NOW, "host-1", 2),
            new TrainingEvent.Validated("job-1", NOW, 2, 1428, 158, 44_000, List.of("2 duplicates: lines 7, 9")),
            new TrainingEvent.Waiting("job-1", NOW, 2, "900 bytes are needed, 800 are left"),
            new TrainingEvent.Running("job-1", NOW, "host-1", 2, 100, 536, OptionalLong.of(1_000_000_000), ARITHMETIC),
            new TrainingEvent.Running("job-1", NOW, "host-1", 2, 100, 536, OptionalLong.empty(), ARITHMETIC),
            new TrainingEvent.Step(
                    "job-1",
                    NOW,
                    2,
                    101,
                    536,
                    0.25,
                    4e-4,
                    1.5,
                    800.5,
                    42.5,
                    25_000,
                    OptionalLong.of(900_000_000),
                    List.of("disk full")),
            new TrainingEvent.Step(
                    "job-1", NOW, 2, 101, 536, 0.25, 4e-4, 1.5, 800.5, 42.5, 25_000, OptionalLong.empty(), List.of()),
            new TrainingEvent.Evaluation(
                    "job-1", NOW, 2, 101, 0.5, OptionalDouble.of(0.75), OptionalDouble.of(0.7), true),
            new TrainingEvent.Evaluation(
                    "job-1", NOW, 2, 101, 0.5, OptionalDouble.empty(), OptionalDouble.empty(), false),
            new TrainingEvent.Checkpoint("job-1", NOW, 2, 101),
            new TrainingEvent.Paused("job-1", NOW, 2, 101),
            new TrainingEvent.Succeeded(
                    "job-1", NOW, 2, "reviews", 2, "d".repeat(64), 101, 25_000, Optional.empty(), List.of()),
            new TrainingEvent.Succeeded(
                    "job-1",
                    NOW,
                    2,
                    "reviews",
                    2,
                    "d".repeat(64),
                    101,
                    25_000,
                    Optional.of(new ServingAgreement(24, 60, 0.98, 0.003)),
                    List.of("the best state is gone")),
            new TrainingEvent.Failed("job-1", NOW, 2, FAULT),
            new TrainingEvent.Cancelled("job-1", NOW),
            new InferenceRequest(
                    "1",
                    Optional.empty(),
                    new Prompt.Text(""),
                    new Output.Generate(Sampling.defaults()),
                    0,
                    Optional.empty()),
            new InferenceRequest(
                    "1",
                    Optional.of("m"),
                    Optional.of("u"),
                    OptionalDouble.of(-0.5),
                    CHAT,
                    new Output.Generate(FULL),
                    -5,
                    Optional.of(NOW)),
            new InferenceRequest(
                    "1",
                    Optional.empty(),
                    CHAT,
                    new Output.Classify(
                            List.of("a", "b"),
                            Optional.of(Normalisation.MEAN),
                            Optional.of(Calibration.BATCH),
                            Optional.of(CHAT)),
                    0,
                    Optional.empty()),
            new InferenceResult.Answered("1", Served.base("m"), "hi", List.of(), Finish.LENGTH, USAGE, TIMINGS),
            new InferenceResult.Answered("1", new Served("m", "reviews", 3), "b", LABELS, Finish.LABEL, USAGE, TIMINGS),
            new InferenceResult.Failed("1", FAULT),
            new InferenceControl.Cancel("1"),
            new PromptRequest("1", "t", Map.of(), Optional.empty(), 0, Optional.empty()),
            new PromptRequest(
                    "1",
                    "t@2",
                    Map.of(
                            "input",
                            JsonNodeFactory.instance.textNode("x"),
                            "n",
                            JsonNodeFactory.instance.numberNode(7)),
                    Optional.of("m"),
                    Optional.of("u"),
                    Optional.of(PromptRequest.LabelMode.GENERATE),
                    9,
                    Optional.of(NOW)),
            new PromptResult.Answered("1", "t", 2, Served.base("m"), "b", LABELS, true, Finish.LABEL, USAGE, TIMINGS),
            new PromptResult.Failed("1", Fault.capacity("queue_full", "try again later")),
            new AdapterEntry("reviews", 1, List.of(generation(1, LIVE, 1)), Map.of(), Optional.empty()),
            new AdapterEntry(
                    "reviews",
                    Long.MAX_VALUE,
                    List.of(generation(1, RETIRED, 1), generation(2, LIVE, 5), generation(7, CANDIDATE, 0)),
                    Map.of("stable", 2),
                    Optional.of(new TrafficShare(7, 10))));

    private static AdapterGeneration generation(int number, AdapterState state, long promotedAt) {
        var lineage = number == 1
                ? AdapterLineage.unknown()
                : new AdapterLineage(
                        Optional.of("a".repeat(64)), Optional.of("t@1"), Optional.of("r"), Optional.of("job-1"));
        return new AdapterGeneration(
                number,
                "b".repeat(64),
                "c".repeat(64),
                1,
                16,
                List.of("q", "v"),
                URI.create("s3://adapters/reviews/1.gguf"),
                state,
                promotedAt,
                lineage,
                NOW);
    }

    @ParameterizedTest
    @FieldSource("EVENTS")
    void whatIsWrittenIsValidAndReadBackAsItWas(Object event) {
        byte[] json = EventJson.write(event);

        assertThat(Schemas.faults(fileOf(contractOf(event)), json))
                .as(new String(json, UTF_8))
                .isEmpty();
        assertThat(EventJson.read(json, contractOf(event))).isEqualTo(event);
    }

    @ParameterizedTest
    @FieldSource("EVENTS")
    void everyFieldThatIsWrittenIsInTheSchema(Object event) {
        byte[] json = EventJson.write(event);
        var schema = Schemas.current(fileOf(contractOf(event))).toString() + Schemas.current("common.json");
        if (event instanceof TrainingEvent.Queued) {
            schema += Schemas.current("training-request.json");
        }

        for (String field : fieldsOf(EventJson.read(json, JsonNode.class))) {
            assertThat(schema).contains("\"" + field + "\":{");
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theExamplesOfTheSchemasAreValidEvents(Class<?> contract, String json) {
        assertThat(Schemas.faults(fileOf(contract), json.getBytes(UTF_8))).isEmpty();
        assertThat(EventJson.read(json.getBytes(UTF_8), contract)).isNotNull();
    }

    static Stream<Arguments> examples() {
        return Schemas.FILES.entrySet().stream().flatMap(entry -> {
            var found = new ArrayList<Arguments>();
            Schemas.current(entry.getValue())
                    .get("examples")
                    .forEach(example -> found.add(Arguments.of(entry.getKey(), example.toString())));
            return found.stream();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            inference-request.json | {"prompt":{"type":"text","text":"x"},"output":{"type":"generate"}}
            inference-request.json | {"id":"","prompt":{"type":"text","text":"x"},"output":{"type":"generate"}}
            inference-request.json | {"id":"1","prompt":{"type":"chat","messages":[]},"output":{"type":"generate"}}
            inference-request.json | {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"classify","labels":["a"]}}
            inference-request.json | {"id":"1","prompt":{"type":"text","text":"x"},"output":{"type":"generate"},"deadline":"soon"}
            prompt-request.json    | {"id":"1"}
            inference-control.json | {"type":"pause","id":"1"}
            inference-result.json  | {"type":"failed","id":"1"}
            adapter-entry.json     | {"name":"a","revision":1,"generations":[]}
            adapter-entry.json     | {"name":"../a","revision":1}
            training-request.json  | {"id":"../1","adapter":"a","data":{"file":"f"}}
            training-request.json  | {"id":"1","adapter":"a","data":{}}
            training-request.json  | {"id":"1","adapter":"a","data":{"file":"f"},"recipe":{"targets":["x"]}}
            training-request.json  | {"id":"1","adapter":"a","data":{"file":"f"},"metadata":{"team":7}}
            training-control.json  | {"type":"stop","id":"1"}
            training-event.json    | {"type":"failed","id":"1","at":"2026-11-24T17:00:00Z","attempt":1}
            training-event.json    | {"type":"checkpoint","id":"1","at":"2026-11-24T17:00:00Z","step":1}
            """)
    void theSchemasRefuseWhatTheServicesRefuse(String file, String json) {
        assertThat(Schemas.faults(file, json.getBytes(UTF_8))).isNotEmpty();
    }

    @Test
    void everyEventOfTheContractIsWrittenInThisTest() {
        Set<Class<?>> written = EVENTS.stream()
                .map(EventsFollowTheirSchemasTest::contractOf)
                .collect(Collectors.toCollection(HashSet::new));

        assertThat(written).isEqualTo(Schemas.FILES.keySet());
    }

    private static Class<?> contractOf(Object event) {
        return Schemas.FILES.keySet().stream()
                .filter(type -> type.isInstance(event))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no schema for " + event.getClass()));
    }

    private static String fileOf(Class<?> contract) {
        return Objects.requireNonNull(Schemas.FILES.get(contract));
    }

    private static List<String> fieldsOf(JsonNode node) {
        var fields = new ArrayList<String>();
        node.properties().forEach(entry -> {
            if (entry.getKey().equals("variables") || entry.getKey().equals("logitBias")) {
                return;
            }
            fields.add(entry.getKey());
            if (Set.of("labels", "metadata").contains(entry.getKey())
                    && entry.getValue().isObject()) {
                return;
            }
            fields.addAll(fieldsOf(entry.getValue()));
        });
        return fields;
    }
}
