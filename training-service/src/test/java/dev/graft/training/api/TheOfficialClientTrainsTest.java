package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.MultipartField;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import com.openai.models.finetuning.jobs.JobListParams;
import com.openai.models.finetuning.jobs.checkpoints.CheckpointListParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import com.openai.services.blocking.finetuning.JobService;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code com.openai:openai-java} as it is published, against the service with a real broker. */
@QuarkusTest
@QuarkusTestResource(TrainingHome.class)
class TheOfficialClientTrainsTest {
    private static final String MODEL = "SmolLM2-135M-Instruct.Q4_1";
    private static final String GOOD =
            "{\"input\":\"I love it\",\"label\":\"positive\"}\n{\"input\":\"awful\",\"label\":\"negative\"}\n";

    @TestHTTPResource("/v1")
    URI base = URI.create("http://unset");

    private OpenAIClient client = OpenAIOkHttpClient.builder().apiKey("none").build();

    @BeforeEach
    void connect() {
        client = OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(base.toString())
                .maxRetries(0)
                .build();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/../health/ready").statusCode() == 200);
    }

    @Test
    void aFileComesBackAsItWasSentAndTwiceIsOnce() throws IOException {
        FileObject file = upload("data.jsonl", GOOD);
        FileObject again = upload("data.jsonl", GOOD);

        assertThat(again.id()).isEqualTo(file.id());
        assertThat(client.files().retrieve(file.id()).bytes()).isEqualTo(GOOD.length());
        assertThat(client.files().list().data()).extracting(FileObject::id).contains(file.id());
        try (var content = client.files().content(file.id());
                InputStream body = content.body()) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(GOOD);
        }
    }

    @Test
    void aDeletedFileIsGone() {
        FileObject file = upload("gone.jsonl", GOOD + "{\"input\":\"so\",\"label\":\"neutral\"}\n");

        assertThat(client.files().delete(file.id()).deleted()).isTrue();
        assertThat(catchThrowableOfType(
                        NotFoundException.class, () -> client.files().retrieve(file.id())))
                .isNotNull();
    }

    @Test
    void aJobOnBadDataFailsWithItsLines() {
        FileObject file = upload("bad.jsonl", GOOD + "{\"input\":\"no label\"}\nno json\n");

        FineTuningJob created = client.fineTuning().jobs().create(job(file).build());
        assertThat(created.model()).isEqualTo(MODEL);
        assertThat(created.trainingFile()).isEqualTo(file.id());

        FineTuningJob failed = awaitEnd(created.id());
        assertThat(failed.status()).isEqualTo(FineTuningJob.Status.FAILED);
        assertThat(failed.error().orElseThrow().code()).isEqualTo("invalid_dataset");
        assertThat(failed.error().orElseThrow().message()).contains("line 3", "line 4");
        assertThat(client.fineTuning().jobs().listEvents(created.id()).data())
                .as("the newest first")
                .first()
                .matches(event -> event.message().contains("line 3"));
    }

    @Test
    void theReportOfItsDataIsThereForPeople() throws IOException, InterruptedException {
        FileObject file = upload("twice.jsonl", GOOD + GOOD + "no json\n");
        String id = awaitEnd(
                        client.fineTuning().jobs().create(job(file).build()).id())
                .id();

        String report = get("/fine_tuning/jobs/" + id + "/dataset").body();

        assertThat(report).contains("\"examples\":4", "\"positive\":2", "\"duplicate\"", "[3,4]", "not_json");
    }

    @Test
    void theReportIsThereBeforeThereIsAJob() throws IOException, InterruptedException {
        String file = upload(
                        "report.csv",
                        "text,mood\nfine,good\nfine,bad\nfine,good\nawful,bad\n,bad\n" + "word ".repeat(3000)
                                + ",bad\n")
                .id();

        JsonNode report =
                report(file, "{\"data\": {\"input\": \"text\", \"label\": \"mood\", \"validation_share\": 0.5}}");

        JsonNode training = report.path("training");
        assertThat(training.path("examples").asInt()).as(report.toString()).isEqualTo(5);
        assertThat(training.path("labels")).hasToString("{\"bad\":3,\"good\":2}");
        assertThat(training.path("lengths").path("longest").asInt()).isEqualTo(2048);
        assertThat(training.path("cutExamples").asInt()).isEqualTo(1);
        assertThat(training.path("cutTokens").asInt()).isGreaterThan(900);
        assertThat(lines(report, "contradiction")).isEqualTo("[3] [2]");
        assertThat(lines(report, "duplicate")).isEqualTo("[4] [2]");
        assertThat(lines(report, "empty_field")).isEqualTo("[6] []");
        assertThat(lines(report, "cut")).isEqualTo("[7] []");
        assertThat(lines(report, "overlap"))
                .as("kept back, and learned from another line")
                .isNotEmpty();
        assertThat(client.fineTuning().jobs().list().data())
                .noneMatch(job -> job.trainingFile().equals(file));
    }

    @Test
    void aQuestionAboutDataThatNobodyUnderstandsIsRefused() throws IOException, InterruptedException {
        String file = upload("data.jsonl", GOOD).id();

        assertThat(report(file, "{\"dta\": {}}").path("error").path("code").asText())
                .isEqualTo("unknown_parameter");
        assertThat(report("file-none", "").path("error").path("code").asText()).isEqualTo("file_not_found");
        assertThat(report(file, "").path("training").path("examples").asInt()).isEqualTo(2);
    }

    private JsonNode report(String file, String body) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(send(HttpRequest.newBuilder(uri("/files/" + file + "/report"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body)))
                        .body());
    }

    /** Which lines, and beside which others. */
    private static String lines(JsonNode report, String code) {
        for (JsonNode finding : report.path("training").path("findings")) {
            if (finding.path("code").asText().equals(code)) {
                return finding.path("lines") + " " + finding.path("others");
            }
        }
        return "";
    }

    @Test
    void aWordToAJobThatEndedOrNeverWasIsRefused() throws IOException, InterruptedException {
        String ended = awaitEnd(client.fineTuning()
                        .jobs()
                        .create(job(upload("ended.jsonl", "no json at all\n")).build())
                        .id())
                .id();
        for (String word : List.of("cancel", "pause", "resume")) {
            assertThat(word(ended, word).statusCode()).as(word).isEqualTo(409);
            assertThat(word(ended, word).body()).contains("\"code\":\"job_state\"");
            assertThat(word("ftjob-none", word).statusCode()).as(word).isEqualTo(404);
        }
    }

    private HttpResponse<String> word(String job, String word) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/fine_tuning/jobs/" + job + "/" + word))
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void aJobIsPausedInItsMidstGoesOnThereAndIsCancelled() {
        JobService jobs = client.fineTuning().jobs();
        String id = jobs.create(job(upload("numbers.jsonl", numbers()))
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("steps", 400, "batch_size", 2, "rank", 4)))
                        .putAdditionalBodyProperty("checks", JsonValue.from(Map.of("checkpoint_every", 1)))
                        .build())
                .id();
        awaitJob(id, job -> step(job) >= 2);

        jobs.pause(id);
        long step = step(awaitJob(id, job -> job.status().equals(FineTuningJob.Status.of("paused"))));
        FineTuningJobCheckpoint safe =
                jobs.checkpoints().list(id).data().getFirst().validate();
        assertThat(safe.stepNumber()).isEqualTo(step);
        assertThat(safe.fineTuningJobId()).isEqualTo(id);
        assertThat(safe.metrics().trainLoss().orElseThrow()).isPositive();

        jobs.resume(id);
        awaitJob(id, job -> job.status().equals(FineTuningJob.Status.RUNNING) && step(job) > step);
        assertThat(jobs.listEvents(JobListEventsParams.builder()
                                .fineTuningJobId(id)
                                .limit(1000)
                                .build())
                        .data())
                .extracting(event -> event.validate().message())
                .contains("paused after step " + step, "goes on after step " + step);

        jobs.cancel(id);
        FineTuningJob cancelled =
                awaitJob(id, job -> job.finishedAt().isPresent()).validate();
        assertThat(cancelled.status()).isEqualTo(FineTuningJob.Status.CANCELLED);
        assertThat(cancelled.fineTunedModel()).isEmpty();
        assertThat(jobs
                        .checkpoints()
                        .list(CheckpointListParams.builder()
                                .fineTuningJobId(id)
                                .limit(2)
                                .build())
                        .autoPager()
                        .stream())
                .as("the newest first, over pages")
                .isSortedAccordingTo(Comparator.comparingLong(FineTuningJobCheckpoint::stepNumber)
                        .reversed())
                .extracting(FineTuningJobCheckpoint::id)
                .doesNotHaveDuplicates()
                .contains(safe.id());
    }

    private static String numbers() {
        return IntStream.range(0, 8)
                .mapToObj(i -> "{\"input\":\"number " + i + "\",\"label\":\"" + (i % 2 == 0 ? "even" : "odd") + "\"}\n")
                .collect(Collectors.joining());
    }

    private static long step(FineTuningJob job) {
        return Long.parseLong(String.valueOf(job._additionalProperties().get("step")));
    }

    @Test
    void aJobIsFoundByItsMetadata() throws IOException, InterruptedException {
        FileObject file = upload("metadata.jsonl", "no json for anybody\n");
        JobService jobs = client.fineTuning().jobs();
        String ours = jobs.create(job(file)
                        .metadata(JobCreateParams.Metadata.builder()
                                .putAdditionalProperty("team", JsonValue.from("support"))
                                .putAdditionalProperty("is it [new]?", JsonValue.from("yes & no"))
                                .build())
                        .build())
                .id();
        String theirs = jobs.create(job(file)
                        .metadata(JobCreateParams.Metadata.builder()
                                .putAdditionalProperty("team", JsonValue.from("sales"))
                                .build())
                        .build())
                .id();
        String nobodys = jobs.create(job(file).build()).id();

        assertThat(jobs.retrieve(ours).metadata().orElseThrow()._additionalProperties())
                .containsOnly(
                        Map.entry("team", JsonValue.from("support")),
                        Map.entry("is it [new]?", JsonValue.from("yes & no")));
        assertThat(jobs.retrieve(nobodys).metadata()).isEmpty();
        assertThat(listed(Map.of("team", "support"))).containsExactly(ours);
        assertThat(listed(Map.of("team", "support", "is it [new]?", "yes & no")))
                .containsExactly(ours);
        assertThat(listed(Map.of("team", "sales", "is it [new]?", "yes & no"))).isEmpty();
        assertThat(get("/fine_tuning/jobs?limit=1000&metadata=null").body())
                .contains(nobodys)
                .doesNotContain(ours, theirs);
    }

    private List<String> listed(Map<String, String> metadata) {
        var wanted = JobListParams.Metadata.builder();
        metadata.forEach(wanted::putAdditionalProperty);
        return client
                .fineTuning()
                .jobs()
                .list(JobListParams.builder().limit(1).metadata(wanted.build()).build())
                .autoPager()
                .stream()
                .map(FineTuningJob::id)
                .toList();
    }

    @Test
    void metadataThatIsTooMuchIsRefused() {
        FileObject file = upload("data.jsonl", GOOD);
        Map<String, String> many =
                IntStream.range(0, 17).boxed().collect(Collectors.toMap(i -> "key" + i, i -> "value"));

        assertThat(refused(with(file, many))).isEqualTo("invalid_metadata metadata");
        assertThat(refused(with(file, Map.of("k".repeat(65), "v")))).isEqualTo("invalid_metadata metadata");
        assertThat(refused(with(file, Map.of("note", "v".repeat(513))))).isEqualTo("invalid_metadata metadata.note");
        assertThat(refused(with(file, Map.of("note", 7)))).isEqualTo("invalid_value metadata.note");
        assertThat(client.fineTuning()
                        .jobs()
                        .create(with(file, Map.of("k".repeat(64), "v".repeat(512)))
                                .trainingFile(upload("metadata.jsonl", "no json for anybody\n")
                                        .id())
                                .build())
                        .metadata())
                .as("what is allowed")
                .isPresent();
    }

    private static JobCreateParams.Builder with(FileObject file, Map<String, ?> metadata) {
        return job(file).putAdditionalBodyProperty("metadata", JsonValue.from(metadata));
    }

    @Test
    void aJobIsListedAndItsEventsAreStreamedToTheirEnd() throws IOException, InterruptedException {
        FileObject file = upload("stream.jsonl", "no json either\n");
        String id = client.fineTuning().jobs().create(job(file).build()).id();

        HttpResponse<String> stream = get("/fine_tuning/jobs/" + id + "/events?stream=true");

        assertThat(stream.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
        assertThat(stream.body())
                .contains("\"type\":\"queued\"", "\"type\":\"failed\"")
                .endsWith("data: [DONE]\n\n");
        assertThat(stream.body().indexOf("\"type\":\"queued\""))
                .isLessThan(stream.body().indexOf("\"type\":\"failed\""));
        assertThat(client.fineTuning().jobs().list().data())
                .extracting(FineTuningJob::id)
                .contains(id);
    }

    @Test
    void pagesFollowOneAnotherToTheEnd() throws IOException, InterruptedException {
        FileObject file = upload("pages.jsonl", "no json at all\n");
        String id = awaitEnd(
                        client.fineTuning().jobs().create(job(file).build()).id())
                .id();
        JobListEventsParams onePerPage =
                JobListEventsParams.builder().fineTuningJobId(id).limit(1).build();

        assertThat(client.fineTuning().jobs().listEvents(onePerPage).autoPager())
                .extracting(FineTuningJobEvent::id)
                .doesNotHaveDuplicates()
                .hasSizeGreaterThanOrEqualTo(3)
                .containsExactlyElementsOf(client.fineTuning().jobs().listEvents(id).data().stream()
                        .map(FineTuningJobEvent::id)
                        .toList());
        String events = "/fine_tuning/jobs/" + id + "/events?";
        assertThat(get(events + "limit=0").body()).contains("\"param\":\"limit\"");
        assertThat(get(events + "after=ftevent-none").body()).contains("\"param\":\"after\"");
        assertThat(get("/fine_tuning/jobs?after=ftjob-none").body()).contains("\"param\":\"after\"");
        assertThat(get(events + "after=ftevent-" + Long.MAX_VALUE).body())
                .as("behind an event that is no longer kept")
                .contains("\"type\":\"queued\"");
    }

    @Test
    void aStreamGoesOnBehindTheEventThatItsReaderHas() throws IOException, InterruptedException {
        FileObject file = upload("reconnect.jsonl", "nor is this json\n");
        String id = awaitEnd(
                        client.fineTuning().jobs().create(job(file).build()).id())
                .id();
        List<FineTuningJobEvent> newestFirst =
                client.fineTuning().jobs().listEvents(id).data();
        FineTuningJobEvent first = newestFirst.getLast();

        String rest = send(HttpRequest.newBuilder(uri("/fine_tuning/jobs/" + id + "/events"))
                        .header("Accept", "text/event-stream")
                        .header("Last-Event-ID", first.id()))
                .body();

        assertThat(rest).doesNotContain("id: " + first.id() + "\n").endsWith("data: [DONE]\n\n");
        newestFirst
                .subList(0, newestFirst.size() - 1)
                .forEach(event -> assertThat(rest).contains("id: " + event.id() + "\n"));
    }

    @Test
    void aJobShowsAllOfItsHyperparameters() throws IOException, InterruptedException {
        FileObject file = upload("shown.jsonl", "this is no json\n");
        String id = client.fineTuning()
                .jobs()
                .create(job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters",
                                JsonValue.from(Map.of(
                                        "targets", List.of("q", "down"), "lora_plus_ratio", 4, "accumulation", 2)))
                        .build())
                .id();

        assertThat(get("/fine_tuning/jobs/" + id).body())
                .contains(
                        "\"targets\":[\"q\",\"down\"]",
                        "\"lora_plus_ratio\":4.0",
                        "\"accumulation\":2",
                        "\"schedule\":\"linear\"");
    }

    @Test
    void whatCanNotBeTrainedIsRefusedAtOnce() {
        FileObject file = upload("data.jsonl", GOOD);

        assertThat(refused(job(file).putAdditionalBodyProperty("learning_rat", JsonValue.from(1))))
                .isEqualTo("unknown_parameter learning_rat");
        assertThat(refused(job(file).putAdditionalBodyProperty("method", JsonValue.from(Map.of("type", "dpo")))))
                .isEqualTo("unsupported_parameter method.type");
        assertThat(refused(job(file).suffix("a b"))).isEqualTo("invalid_adapter suffix");
        assertThat(refused(job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("rank", 0, "n_epochs", "auto")))))
                .isEqualTo("invalid_recipe rank");
        assertThat(refused(job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("n_epochs", 1, "steps", 5)))))
                .isEqualTo("invalid_recipe steps");
        assertThat(refused(job(file).putAdditionalBodyProperty("data", JsonValue.from(Map.of("colums", 1)))))
                .isEqualTo("unknown_parameter data.colums");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        FileObject file = upload("data.jsonl", GOOD);

        assertThat(catchThrowableOfType(
                        NotFoundException.class,
                        () -> client.fineTuning().jobs().retrieve("ftjob-none")))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        NotFoundException.class,
                        () -> client.fineTuning()
                                .jobs()
                                .create(job(file).model("gpt-4o-mini").build())))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        NotFoundException.class,
                        () -> client.fineTuning()
                                .jobs()
                                .create(job(file).trainingFile("file-none").build())))
                .isNotNull();
    }

    @Test
    void whatIsNoTrainingRequestOverHttpIsToldWhy() throws IOException, InterruptedException {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri("/fine_tuning/jobs"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[1]")));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"code\":\"malformed_body\"", "invalid_request_error");
    }

    /** Code and parameter. */
    private String refused(JobCreateParams.Builder params) {
        BadRequestException thrown = catchThrowableOfType(
                BadRequestException.class, () -> client.fineTuning().jobs().create(params.build()));
        assertThat(thrown).isNotNull();
        return thrown.code().orElse("") + " " + thrown.param().orElse("");
    }

    private static JobCreateParams.Builder job(FileObject file) {
        return JobCreateParams.builder().model(MODEL).trainingFile(file.id()).suffix("reviews");
    }

    private FineTuningJob awaitEnd(String id) {
        return awaitJob(id, job -> job.finishedAt().isPresent());
    }

    private FineTuningJob awaitJob(String id, Predicate<FineTuningJob> so) {
        return await().alias(id)
                .atMost(Duration.ofMinutes(2))
                .until(() -> client.fineTuning().jobs().retrieve(id), so);
    }

    private FileObject upload(String name, String content) {
        return client.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.FINE_TUNE)
                        .file(MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)))
                                .filename(name)
                                .build())
                        .build());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private URI uri(String path) {
        return URI.create(base + path).normalize();
    }
}
