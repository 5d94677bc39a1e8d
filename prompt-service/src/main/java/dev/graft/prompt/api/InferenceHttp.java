package dev.graft.prompt.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import dev.graft.prompt.settings.PromptSettings;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** The inference service over HTTP: for streams, and for how it would tokenize. */
@Singleton
final class InferenceHttp {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

    private final ObjectMapper json;
    private final URI url;
    private final HttpClient client;

    InferenceHttp(PromptSettings settings, ObjectMapper json) {
        this.json = json;
        this.url = settings.inference().url();
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.inference().connectTimeout())
                .build();
    }

    /** @throws FaultException what inference refused with, or {@code inference_unavailable} */
    JsonNode ask(String path, Object body) {
        try (InputStream answer = open(path, body, LONGEST_ANSWER)) {
            return json.readTree(answer);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    /**
     * Begins a streamed answer; closing it tells inference that nobody reads on.
     *
     * @param patience until the first byte; a queue may lie before it
     * @throws FaultException what inference refused with, {@code inference_unavailable}, or {@code deadline_exceeded} when patience ends
     */
    InputStream open(String path, Object body, Duration patience) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path))
                    .header("Content-Type", "application/json")
                    .timeout(patience)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
            W3CTraceContextPropagator.getInstance().inject(Context.current(), request, (to, name, value) -> {
                if (to != null) {
                    to.setHeader(name, value);
                }
            });
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw refused(response);
            }
            return response.body();
        } catch (HttpConnectTimeoutException e) {
            throw unavailable(e);
        } catch (HttpTimeoutException e) {
            throw new FaultException(
                    Fault.ended("deadline_exceeded", "inference said nothing for " + patience.toMillis() + " ms"), e);
        } catch (IOException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException(Fault.capacity("stopping", "the service is stopping: send it again"), e);
        }
    }

    private FaultException refused(HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            return new FaultException(fault(json.readTree(body).path("error"), response.statusCode()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An error in OpenAI's shape. */
    static Fault fault(JsonNode error, int status) {
        FaultKind kind = switch (status) {
            case 429, 503 -> FaultKind.CAPACITY;
            case 408, 504 -> FaultKind.ENDED;
            default -> status >= 500 ? FaultKind.INTERNAL : FaultKind.INPUT;
        };
        String code = status == 429 ? "queue_full" : error.path("code").asText("");
        return new Fault(
                code.isEmpty() || code.equals("null") ? "inference_refused" : code,
                kind,
                error.path("param").isTextual() ? error.path("param").textValue() : "",
                "",
                error.path("message").asText("inference answered with status " + status));
    }

    private FaultException unavailable(IOException e) {
        return new FaultException(
                Fault.capacity("inference_unavailable", "the inference service at " + url + " can't be reached: " + e),
                e);
    }
}
