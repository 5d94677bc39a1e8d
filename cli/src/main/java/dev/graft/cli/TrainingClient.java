package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** Training-service over HTTP: its public API, as any client uses it. */
public final class TrainingClient {
    private static final int OK = 200;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String DATA = "data: ";
    private static final String DONE = "[DONE]";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String url;

    /** @param url such as {@code http://127.0.0.1:8082} */
    public TrainingClient(String url) {
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
                .POST(BodyPublishers.ofString(Json.line(body))));
    }

    /**
     * Uploads a file of examples.
     *
     * @return its id
     */
    public String upload(Path file) throws IOException, InterruptedException {
        String boundary = "graft-" + UUID.randomUUID();
        String name = String.valueOf(file.getFileName()).replace("\"", "%22");
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n"
                        + "fine-tune\r\n--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        return send(request("/v1/files")
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(body))
                .path("id")
                .asText();
    }

    /** Follows a job's events, from its first to its end; what is given is each event's data. */
    public void follow(String job, Consumer<JsonNode> each) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + "/v1/fine_tuning/jobs/" + job + "/events?stream=true"))
                .header("Accept", "text/event-stream")
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != OK) {
                throw refused(response.statusCode(), lines.lines().reduce("", String::concat));
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(DATA + DONE)) {
                    return;
                }
                if (line.startsWith(DATA)) {
                    each.accept(Json.read(line.substring(DATA.length())).path("data"));
                }
            }
        }
        throw new FaultException(
                Fault.internal("stream_ended", "the job goes on, but its events ended: see graft jobs show " + job));
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
            FaultKind kind = status == 503 ? FaultKind.CAPACITY : status < 500 ? FaultKind.INPUT : FaultKind.INTERNAL;
            return new FaultException(new Fault(
                    error.path("code").asText("http_" + status),
                    kind,
                    error.path("param").asText(""),
                    error.path("value").asText(""),
                    error.path("remedy").asText("training-service answered " + status)));
        } catch (IOException e) {
            return new FaultException(
                    Fault.internal(
                            "http_" + status,
                            "training-service answered: "
                                    + body.lines().findFirst().orElse("nothing")),
                    e);
        }
    }
}
