package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.graft.inference.admission.Inference;
import dev.graft.inference.observe.EngineMetrics;
import dev.graft.inference.observe.WeightTags;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The model's loading is held up until the test lets it go on. */
@QuarkusTest
@TestProfile(NothingIsTakenBeforeTheModelIsWarmTest.Held.class)
class NothingIsTakenBeforeTheModelIsWarmTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static final class Held implements QuarkusTestProfile {
        @Override
        public Set<Class<?>> getEnabledAlternatives() {
            return Set.of(HeldLoading.class);
        }
    }

    /** The engine tells it of the model's layers in the midst of loading. */
    @Alternative
    @Singleton
    public static final class HeldLoading extends EngineMetrics {
        private final CountDownLatch goOn = new CountDownLatch(1);

        public HeldLoading(MeterRegistry registry, WeightTags tags) {
            super(registry, tags);
        }

        @Override
        public void offloaded(int onGpu, int all) {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            super.offloaded(onGpu, all);
        }
    }

    @Inject
    @SuppressWarnings("NullAway.Init")
    HeldLoading loading;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Test
    void itIsAliveButNotReadyAndSaysSo() throws Exception {
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(Http.JSON.readTree(ready.body()).path("checks").findValuesAsText("name"))
                .contains("model");
        HttpResponse<String> refused = complete();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-9]\\d*");
        assertThat(Http.JSON.readTree(refused.body()).path("error").path("code").asText())
                .isEqualTo("not_ready");

        loading.goOn.countDown();

        await().atMost(Duration.ofMinutes(1)).until(inference::ready);
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(complete().statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(base.resolve(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> complete() throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(base.resolve("/v1/completions"))
                        .POST(BodyPublishers.ofString(Http.writing(1, "")))
                        .build(),
                BodyHandlers.ofString());
    }
}
