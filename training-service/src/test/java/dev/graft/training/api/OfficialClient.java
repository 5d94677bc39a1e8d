package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.errors.BadRequestException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.finetuning.jobs.FineTuningJob;
import com.openai.models.finetuning.jobs.JobCreateParams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * {@code com.openai:openai-java} at a training-service, and what tests do with it again and again.
 *
 * @param base the service's {@code /v1}
 */
record OfficialClient(URI base, OpenAIClient client) {
    static final String MODEL = "SmolLM2-135M-Instruct.Q4_1";

    /** It tells each refusal at once. */
    static OfficialClient at(URI base) {
        return new OfficialClient(
                base,
                OpenAIOkHttpClient.builder()
                        .apiKey("none")
                        .baseUrl(base.toString())
                        .maxRetries(0)
                        .build());
    }

    void awaitReady() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/../health/ready").statusCode() == 200);
    }

    /** Code and parameter. */
    String refused(JobCreateParams.Builder params) {
        BadRequestException thrown = catchThrowableOfType(
                BadRequestException.class, () -> client.fineTuning().jobs().create(params.build()));
        assertThat(thrown).isNotNull();
        return thrown.code().orElse("") + " " + thrown.param().orElse("");
    }

    static JobCreateParams.Builder job(FileObject file) {
        return JobCreateParams.builder().model(MODEL).trainingFile(file.id()).suffix("reviews");
    }

    FineTuningJob awaitEnd(String id) {
        return awaitJob(id, job -> job.finishedAt().isPresent());
    }

    FineTuningJob awaitJob(String id, Predicate<FineTuningJob> so) {
        return await().alias(id)
                .atMost(Duration.ofMinutes(2))
                .until(() -> client.fineTuning().jobs().retrieve(id), so);
    }

    FileObject upload(String name, String content) {
        return client.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.FINE_TUNE)
                        .file(MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)))
                                .filename(name)
                                .build())
                        .build());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    URI uri(String path) {
        return URI.create(base + path).normalize();
    }
}
