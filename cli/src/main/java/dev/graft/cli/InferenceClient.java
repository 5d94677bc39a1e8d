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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;

/** Inference-service over HTTP: its public API, as any client uses it. */
public final class InferenceClient {
    private static final int OK = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String url;

    /** @param url such as {@code http://127.0.0.1:8081} */
    public InferenceClient(String url) {
        this.url = url;
    }

    /** @throws FaultException what the service refused */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    /** @throws FaultException what the service refused */
    public JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(body))));
    }

    /**
     * Writes what is there to a file.
     *
     * @throws FaultException what the service refused
     */
    public void download(String path, Path to) throws IOException, InterruptedException {
        HttpResponse<InputStream> response =
                http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw refused(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
            Files.copy(body, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw refused(response.statusCode(), response.body());
        }
        return Json.read(response.body());
    }

    /** OpenAI's error as a fault again. */
    private static FaultException refused(int status, String body) {
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
                    error.path("remedy").asText("inference-service answered " + status)));
        } catch (IOException e) {
            return new FaultException(
                    Fault.internal(
                            "http_" + status,
                            "inference-service answered: "
                                    + body.lines().findFirst().orElse("nothing")),
                    e);
        }
    }
}
