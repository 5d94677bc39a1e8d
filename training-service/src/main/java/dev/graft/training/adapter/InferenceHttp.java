package dev.graft.training.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.training.settings.TrainingSettings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/** Asks an inference-service; one that is away or busy is asked again. */
@Singleton
public class InferenceHttp {
    private static final int OK = 200;
    private static final int INTERNAL = 500;
    private static final long RETRY_MS = 500;
    private static final Duration ONE_LOOK = Duration.ofSeconds(10);
    private static final Duration ONE_CALL = Duration.ofMinutes(1);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final URI url;
    private final OpenTelemetry telemetry;

    public InferenceHttp(TrainingSettings settings, OpenTelemetry telemetry) {
        url = settings.inference().url();
        this.telemetry = telemetry;
    }

    /**
     * Posts JSON until it is answered.
     *
     * @param patience with one that does not answer
     * @param again statuses after which to ask again, beside those that say so themselves
     * @throws FaultException what it refused; {@code inference_unavailable} where the patience was in vain
     */
    JsonNode post(String path, Object body, Duration patience, IntPredicate again) throws InterruptedException {
        return post(path, body, patience, again, () -> {});
    }

    /** @param wanted asked before each try; throws where the answer is not wanted any more */
    JsonNode post(String path, Object body, Duration patience, IntPredicate again, Runnable wanted)
            throws InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve(path))
                .timeout(ONE_CALL)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(EventJson.write(body)));
        telemetry.getPropagators().getTextMapPropagator().inject(Context.current(), request, (to, name, value) -> {
            if (to != null) {
                to.setHeader(name, value);
            }
        });
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            String trouble;
            wanted.run();
            try {
                HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
                int status = response.statusCode();
                if (status == OK) {
                    return EventJson.read(response.body(), JsonNode.class);
                }
                trouble = "it answered " + status;
                if (!passing(status) && !(again.test(status) && System.nanoTime() < end)) {
                    throw refused(status, response.body());
                }
            } catch (IOException e) {
                trouble = e.toString();
            }
            if (System.nanoTime() > end) {
                throw new FaultException(Fault.capacity("inference_unavailable", trouble));
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        }
    }

    /**
     * Asks once.
     *
     * @throws IOException where none answers what is asked
     */
    JsonNode get(String path) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(url.resolve(path)).timeout(ONE_LOOK).build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != OK) {
            throw new IOException("it answered " + response.statusCode());
        }
        try {
            return EventJson.read(response.body(), JsonNode.class);
        } catch (FaultException e) {
            throw new IOException("its answer is no JSON", e);
        }
    }

    private static boolean passing(int status) {
        return status == 408 || status == 429 || status >= INTERNAL;
    }

    private FaultException refused(int status, byte[] body) {
        try {
            JsonNode error = EventJson.read(body, JsonNode.class).path("error");
            return new FaultException(Fault.input(
                    error.path("code").asText("refused"),
                    error.path("param").asText(),
                    error.path("value").asText(),
                    error.path("remedy").asText(error.path("message").asText("inference-service refused"))));
        } catch (FaultException e) {
            return new FaultException(
                    Fault.input(
                            "refused",
                            "graft.inference.url",
                            url,
                            "answered " + status + " and no JSON: is it an inference-service, or a proxy before one?"),
                    e);
        }
    }
}
