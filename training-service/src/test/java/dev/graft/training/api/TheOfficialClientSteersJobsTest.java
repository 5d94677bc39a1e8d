package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.models.files.FileObject;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import com.openai.models.finetuning.jobs.JobListParams;
import com.openai.models.finetuning.jobs.checkpoints.CheckpointListParams;
import com.openai.models.finetuning.jobs.checkpoints.FineTuningJobCheckpoint;
import com.openai.services.blocking.finetuning.JobService;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code com.openai:openai-java} as it is published: jobs that are paused, resumed, cancelled, and found by their metadata. */
@QuarkusTest
@QuarkusTestResource(TrainingHome.class)
class TheOfficialClientSteersJobsTest {
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
    void aJobIsPausedInItsMidstGoesOnThereAndIsCancelled() {
        JobService jobs = client.fineTuning().jobs();
        String id = jobs.create(OfficialClient.job(api.upload("numbers.jsonl", numbers()))
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("steps", 400, "batch_size", 2, "rank", 4)))
                        .putAdditionalBodyProperty("checks", JsonValue.from(Map.of("checkpoint_every", 1)))
                        .build())
                .id();
        api.awaitJob(id, job -> step(job) >= 2);

        jobs.pause(id);
        long step = step(api.awaitJob(id, job -> job.status().equals(FineTuningJob.Status.of("paused"))));
        FineTuningJobCheckpoint safe =
                jobs.checkpoints().list(id).data().getFirst().validate();
        assertThat(safe.stepNumber()).isEqualTo(step);
        assertThat(safe.fineTuningJobId()).isEqualTo(id);
        assertThat(safe.metrics().trainLoss().orElseThrow()).isPositive();

        jobs.resume(id);
        api.awaitJob(id, job -> job.status().equals(FineTuningJob.Status.RUNNING) && step(job) > step);
        assertThat(jobs.listEvents(JobListEventsParams.builder()
                                .fineTuningJobId(id)
                                .limit(1000)
                                .build())
                        .data())
                .extracting(event -> event.validate().message())
                .contains("paused after step " + step, "goes on after step " + step);

        jobs.cancel(id);
        FineTuningJob cancelled =
                api.awaitJob(id, job -> job.finishedAt().isPresent()).validate();
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
        FileObject file = api.upload("metadata.jsonl", "no json for anybody\n");
        JobService jobs = client.fineTuning().jobs();
        String ours = jobs.create(OfficialClient.job(file)
                        .metadata(JobCreateParams.Metadata.builder()
                                .putAdditionalProperty("team", JsonValue.from("support"))
                                .putAdditionalProperty("is it [new]?", JsonValue.from("yes & no"))
                                .build())
                        .build())
                .id();
        String theirs = jobs.create(OfficialClient.job(file)
                        .metadata(JobCreateParams.Metadata.builder()
                                .putAdditionalProperty("team", JsonValue.from("sales"))
                                .build())
                        .build())
                .id();
        String nobodys = jobs.create(OfficialClient.job(file).build()).id();

        assertThat(jobs.retrieve(ours).metadata().orElseThrow()._additionalProperties())
                .containsOnly(
                        Map.entry("team", JsonValue.from("support")),
                        Map.entry("is it [new]?", JsonValue.from("yes & no")));
        assertThat(jobs.retrieve(nobodys).metadata()).isEmpty();
        assertThat(listed(Map.of("team", "support"))).containsExactly(ours);
        assertThat(listed(Map.of("team", "support", "is it [new]?", "yes & no")))
                .containsExactly(ours);
        assertThat(listed(Map.of("team", "sales", "is it [new]?", "yes & no"))).isEmpty();
        assertThat(api.get("/fine_tuning/jobs?limit=1000&metadata=null").body())
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
        FileObject file = api.upload("data.jsonl", "{\"input\":\"I love it\",\"label\":\"positive\"}\n");
        Map<String, String> many =
                IntStream.range(0, 17).boxed().collect(Collectors.toMap(i -> "key" + i, i -> "value"));

        assertThat(api.refused(with(file, many))).isEqualTo("invalid_metadata metadata");
        assertThat(api.refused(with(file, Map.of("k".repeat(65), "v")))).isEqualTo("invalid_metadata metadata");
        assertThat(api.refused(with(file, Map.of("note", "v".repeat(513)))))
                .isEqualTo("invalid_metadata metadata.note");
        assertThat(api.refused(with(file, Map.of("note", 7)))).isEqualTo("invalid_value metadata.note");
        assertThat(client.fineTuning()
                        .jobs()
                        .create(with(file, Map.of("k".repeat(64), "v".repeat(512)))
                                .trainingFile(api.upload("metadata.jsonl", "no json for anybody\n")
                                        .id())
                                .build())
                        .metadata())
                .as("what is allowed")
                .isPresent();
    }

    private static JobCreateParams.Builder with(FileObject file, Map<String, ?> metadata) {
        return OfficialClient.job(file).putAdditionalBodyProperty("metadata", JsonValue.from(metadata));
    }
}
