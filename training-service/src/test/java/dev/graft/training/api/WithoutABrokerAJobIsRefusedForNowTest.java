package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.MultipartField;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where the broker should be is nobody. */
@QuarkusTest
@TestProfile(WithoutABrokerAJobIsRefusedForNowTest.Alone.class)
class WithoutABrokerAJobIsRefusedForNowTest {
    public static final class Alone implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                return Map.of(
                        "graft.kafka.bootstrap",
                        "127.0.0.1:9",
                        "graft.training.folder",
                        Files.createTempDirectory("graft-training").toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @TestHTTPResource("/v1")
    URI base = URI.create("http://unset");

    @Test
    void itIsSaidWhenToAskAgain() throws IOException, InterruptedException {
        HttpResponse<String> refused = create("""
                {"model": "SmolLM2-135M-Instruct.Q4_1", "training_file": "%s"}""".formatted(upload()));

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
        assertThat(refused.body()).contains("\"code\":\"kafka_unavailable\"");
        assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-9]\\d*");
    }

    @Test
    void whatStaysWrongIsNotToBeAskedAgain() throws IOException, InterruptedException {
        HttpResponse<String> refused = create("{}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
    }

    private String upload() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .apiKey("none")
                .baseUrl(base.toString())
                .build();
        byte[] line = "{\"input\":\"a\",\"label\":\"b\"}".getBytes(StandardCharsets.UTF_8);
        return client.files()
                .create(FileCreateParams.builder()
                        .purpose(FilePurpose.FINE_TUNE)
                        .file(MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(line))
                                .filename("data.jsonl")
                                .build())
                        .build())
                .id();
    }

    private HttpResponse<String> create(String body) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(base + "/fine_tuning/jobs"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
