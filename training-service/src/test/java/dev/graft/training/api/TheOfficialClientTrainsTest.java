package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.NotFoundException;
import com.openai.models.files.FileObject;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code com.openai:openai-java} as it is published, against the service with a real broker. */
@QuarkusTest
@QuarkusTestResource(TrainingHome.class)
class TheOfficialClientTrainsTest {
    private static final String GOOD =
            "{\"input\":\"I love it\",\"label\":\"positive\"}\n{\"input\":\"awful\",\"label\":\"negative\"}\n";

    @TestHTTPResource("/v1")
    URI base = URI.create("http://unset");

    private OfficialClient api = OfficialClient.at(base);
    private OpenAIClient client = api.client();

    @BeforeEach
    void connect() {
        api = OfficialClient.at(base);
        client = api.client();
        api.awaitReady();
    }

    @Test
    void aFileComesBackAsItWasSentAndTwiceIsOnce() throws IOException {
        FileObject file = api.upload("data.jsonl", GOOD);
        FileObject again = api.upload("data.jsonl", GOOD);

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
        FileObject file = api.upload("gone.jsonl", GOOD + "{\"input\":\"so\",\"label\":\"neutral\"}\n");

        assertThat(client.files().delete(file.id()).deleted()).isTrue();
        assertThat(catchThrowableOfType(
                        NotFoundException.class, () -> client.files().retrieve(file.id())))
                .isNotNull();
    }

    @Test
    void aJobOnBadDataFailsWithItsLines() {
        FileObject file = api.upload("bad.jsonl", GOOD + "{\"input\":\"no label\"}\nno json\n");

        FineTuningJob created =
                client.fineTuning().jobs().create(OfficialClient.job(file).build());
        assertThat(created.model()).isEqualTo(OfficialClient.MODEL);
        assertThat(created.trainingFile()).isEqualTo(file.id());

        FineTuningJob failed = api.awaitEnd(created.id());
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
        FileObject file = api.upload("twice.jsonl", GOOD + GOOD + "no json\n");
        String id = api.awaitEnd(client.fineTuning()
                        .jobs()
                        .create(OfficialClient.job(file).build())
                        .id())
                .id();

        String report = api.get("/fine_tuning/jobs/" + id + "/dataset").body();

        assertThat(report).contains("\"examples\":4", "\"positive\":2", "\"duplicate\"", "[3,4]", "not_json");
    }

    @Test
    void theReportIsThereBeforeThereIsAJob() throws IOException, InterruptedException {
        String file = api.upload(
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
        String file = api.upload("data.jsonl", GOOD).id();

        assertThat(report(file, "{\"dta\": {}}").path("error").path("code").asText())
                .isEqualTo("unknown_parameter");
        assertThat(report("file-none", "").path("error").path("code").asText()).isEqualTo("file_not_found");
        assertThat(report(file, "").path("training").path("examples").asInt()).isEqualTo(2);
    }

    private JsonNode report(String file, String body) throws IOException, InterruptedException {
        return new ObjectMapper()
                .readTree(OfficialClient.send(HttpRequest.newBuilder(api.uri("/files/" + file + "/report"))
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
        String ended = api.awaitEnd(client.fineTuning()
                        .jobs()
                        .create(OfficialClient.job(api.upload("ended.jsonl", "no json at all\n"))
                                .build())
                        .id())
                .id();
        for (String word : List.of("cancel", "pause", "resume")) {
            assertThat(word(ended, word).statusCode()).as(word).isEqualTo(409);
            assertThat(word(ended, word).body()).contains("\"code\":\"job_state\"");
            assertThat(word("ftjob-none", word).statusCode()).as(word).isEqualTo(404);
        }
    }

    private HttpResponse<String> word(String job, String word) throws IOException, InterruptedException {
        return OfficialClient.send(HttpRequest.newBuilder(api.uri("/fine_tuning/jobs/" + job + "/" + word))
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void aJobIsListedAndItsEventsAreStreamedToTheirEnd() throws IOException, InterruptedException {
        FileObject file = api.upload("stream.jsonl", "no json either\n");
        String id = client.fineTuning()
                .jobs()
                .create(OfficialClient.job(file).build())
                .id();

        HttpResponse<String> stream = api.get("/fine_tuning/jobs/" + id + "/events?stream=true");

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
        FileObject file = api.upload("pages.jsonl", "no json at all\n");
        String id = api.awaitEnd(client.fineTuning()
                        .jobs()
                        .create(OfficialClient.job(file).build())
                        .id())
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
        assertThat(api.get(events + "limit=0").body()).contains("\"param\":\"limit\"");
        assertThat(api.get(events + "after=ftevent-none").body()).contains("\"param\":\"after\"");
        assertThat(api.get("/fine_tuning/jobs?after=ftjob-none").body()).contains("\"param\":\"after\"");
        assertThat(api.get(events + "after=ftevent-" + Long.MAX_VALUE).body())
                .as("behind an event that is no longer kept")
                .contains("\"type\":\"queued\"");
    }

    @Test
    void aStreamGoesOnBehindTheEventThatItsReaderHas() throws IOException, InterruptedException {
        FileObject file = api.upload("reconnect.jsonl", "nor is this json\n");
        String id = api.awaitEnd(client.fineTuning()
                        .jobs()
                        .create(OfficialClient.job(file).build())
                        .id())
                .id();
        List<FineTuningJobEvent> newestFirst =
                client.fineTuning().jobs().listEvents(id).data();
        FineTuningJobEvent first = newestFirst.getLast();

        String rest = OfficialClient.send(HttpRequest.newBuilder(api.uri("/fine_tuning/jobs/" + id + "/events"))
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
        FileObject file = api.upload("shown.jsonl", "this is no json\n");
        String id = client.fineTuning()
                .jobs()
                .create(OfficialClient.job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters",
                                JsonValue.from(Map.of(
                                        "targets", List.of("q", "down"), "lora_plus_ratio", 4, "accumulation", 2)))
                        .build())
                .id();

        assertThat(api.get("/fine_tuning/jobs/" + id).body())
                .contains(
                        "\"targets\":[\"q\",\"down\"]",
                        "\"lora_plus_ratio\":4.0",
                        "\"accumulation\":2",
                        "\"schedule\":\"linear\"");
    }

    @Test
    void whatCanNotBeTrainedIsRefusedAtOnce() {
        FileObject file = api.upload("data.jsonl", GOOD);

        assertThat(api.refused(OfficialClient.job(file).putAdditionalBodyProperty("learning_rat", JsonValue.from(1))))
                .isEqualTo("unknown_parameter learning_rat");
        assertThat(api.refused(OfficialClient.job(file)
                        .putAdditionalBodyProperty("method", JsonValue.from(Map.of("type", "dpo")))))
                .isEqualTo("unsupported_parameter method.type");
        assertThat(api.refused(OfficialClient.job(file).suffix("a b"))).isEqualTo("invalid_adapter suffix");
        assertThat(api.refused(OfficialClient.job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("rank", 0, "n_epochs", "auto")))))
                .isEqualTo("invalid_recipe rank");
        assertThat(api.refused(OfficialClient.job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("n_epochs", 1, "steps", 5)))))
                .isEqualTo("invalid_recipe steps");
        assertThat(api.refused(OfficialClient.job(file)
                        .putAdditionalBodyProperty("data", JsonValue.from(Map.of("colums", 1)))))
                .isEqualTo("unknown_parameter data.colums");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        FileObject file = api.upload("data.jsonl", GOOD);

        assertThat(catchThrowableOfType(
                        NotFoundException.class,
                        () -> client.fineTuning().jobs().retrieve("ftjob-none")))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        NotFoundException.class,
                        () -> client.fineTuning()
                                .jobs()
                                .create(OfficialClient.job(file)
                                        .model("gpt-4o-mini")
                                        .build())))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        NotFoundException.class,
                        () -> client.fineTuning()
                                .jobs()
                                .create(OfficialClient.job(file)
                                        .trainingFile("file-none")
                                        .build())))
                .isNotNull();
    }

    @Test
    void whatIsNoTrainingRequestOverHttpIsToldWhy() throws IOException, InterruptedException {
        HttpResponse<String> response = OfficialClient.send(HttpRequest.newBuilder(api.uri("/fine_tuning/jobs"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[1]")));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"code\":\"malformed_body\"", "invalid_request_error");
    }
}
