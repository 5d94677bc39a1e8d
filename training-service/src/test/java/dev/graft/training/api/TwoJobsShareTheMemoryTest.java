package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.models.files.FileObject;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.FineTuningJobEvent;
import com.openai.models.finetuning.jobs.JobListEventsParams;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service that may train two jobs at once, with memory for one. */
@QuarkusTest
@QuarkusTestResource(TrainingHome.class)
@TestProfile(TwoJobsShareTheMemoryTest.Little.class)
class TwoJobsShareTheMemoryTest {
    private static final Path MODEL = Path.of(
            System.getProperty("graft.home", System.getProperty("user.home") + "/.graft"),
            "models/SmolLM2-135M-Instruct.Q4_1.gguf");

    /** What each takes beside the model's file is more than half of it, and less than all. */
    private static final long FOR_ONE = 27L << 20;

    public static final class Little implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                return Map.of(
                        "graft.training.at-once", "2",
                        "graft.training.threads", "2",
                        "graft.training.memory", Long.toString(Files.size(MODEL) + FOR_ONE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

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
    void theSecondWaitsAndSaysWhyAndCanBePausedMeanwhile() {
        FileObject file = api.upload("data.jsonl", numbers());
        String first = begin(file);
        awaitMessage(first, "step 1 of");
        String second = begin(file);
        awaitMessage(second, "waits for memory: this training takes at least");

        client.fineTuning().jobs().pause(second);
        api.awaitJob(second, job -> job.status().equals(FineTuningJob.Status.of("paused")));
        client.fineTuning().jobs().resume(second);
        await().atMost(Duration.ofMinutes(1))
                .until(() -> messages(second).stream()
                                .filter(message -> message.startsWith("waits for memory"))
                                .count()
                        == 2);
        assertThat(client.fineTuning().jobs().retrieve(first).status()).isEqualTo(FineTuningJob.Status.RUNNING);
        assertThat(messages(second)).noneMatch(message -> message.startsWith("begins"));

        client.fineTuning().jobs().cancel(first);
        awaitMessage(second, "step 1 of");
        FineTuningJob ended = client.fineTuning().jobs().retrieve(first);
        FineTuningJobEvent begun = events(second).stream()
                .filter(event -> event.message().startsWith("begins"))
                .findFirst()
                .orElseThrow();
        assertThat(begun.createdAt()).isGreaterThanOrEqualTo(ended.finishedAt().orElseThrow());
        client.fineTuning().jobs().cancel(second);
        api.awaitJob(second, job -> job.status().equals(FineTuningJob.Status.CANCELLED));
    }

    private static String numbers() {
        return IntStream.range(0, 8)
                .mapToObj(i -> "{\"input\":\"number " + i + "\",\"label\":\"x\"}\n")
                .collect(Collectors.joining());
    }

    private String begin(FileObject file) {
        return client.fineTuning()
                .jobs()
                .create(OfficialClient.job(file)
                        .putAdditionalBodyProperty(
                                "hyperparameters", JsonValue.from(Map.of("steps", 10_000, "batch_size", 2, "rank", 4)))
                        .build())
                .id();
    }

    private void awaitMessage(String job, String beginning) {
        await().alias(job + ": " + beginning)
                .atMost(Duration.ofMinutes(1))
                .until(() -> messages(job).stream().anyMatch(message -> message.startsWith(beginning)));
    }

    private List<String> messages(String job) {
        return events(job).stream().map(FineTuningJobEvent::message).toList();
    }

    private List<FineTuningJobEvent> events(String job) {
        return client.fineTuning()
                .jobs()
                .listEvents(JobListEventsParams.builder()
                        .fineTuningJobId(job)
                        .limit(10_000)
                        .build())
                .data();
    }
}
