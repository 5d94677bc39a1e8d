package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** A service that answers JSON, and errors in OpenAI's shape. */
final class ServiceHttp {
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String service;
    private final String url;
    private final Duration patience;

    /**
     * @param service its name, for messages
     * @param url such as {@code http://127.0.0.1:8081}
     * @param patience for an answer to begin; one that is read as it comes may take longer
     */
    ServiceHttp(String service, String url, Duration patience) {
        this.service = service;
        this.url = url;
        this.patience = patience;
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return post(path, "application/json", HttpRequest.BodyPublishers.ofString(Json.line(body)));
    }

    JsonNode post(String path, String type, HttpRequest.BodyPublisher body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", type).POST(body));
    }

    /**
     * An answer that is read as it comes.
     *
     * @param headers names and values in turn
     */
    InputStream open(String path, String... headers) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request(path).headers(headers).build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() == OK) {
            return response.body();
        }
        try (InputStream body = response.body()) {
            throw refused(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(patience);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw refused(response.statusCode(), response.body());
        }
        return Json.read(response.body());
    }

    /** OpenAI's error as a fault again. */
    private FaultException refused(int status, String body) {
        try {
            JsonNode error = Json.read(body).path("error");
            FaultKind kind = status == 429 || status == 503
                    ? FaultKind.CAPACITY
                    : status == 408 ? FaultKind.ENDED : status < 500 ? FaultKind.INPUT : FaultKind.INTERNAL;
            return new FaultException(new Fault(
                    error.path("code").asText("http_" + status),
                    kind,
                    error.path("param").asText(""),
                    error.path("value").asText(""),
                    error.path("remedy").asText(service + " answered " + status)));
        } catch (IOException e) {
            return new FaultException(
                    Fault.internal(
                            "http_" + status,
                            service + " answered: " + body.lines().findFirst().orElse("nothing")),
                    e);
        }
    }
}
