package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** Training-service over HTTP: its public API, as any client uses it. */
public final class TrainingClient {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String DATA = "data: ";
    private static final String DONE = "[DONE]";

    private final ServiceHttp http;

    /** @param url such as {@code http://127.0.0.1:8082} */
    public TrainingClient(String url) {
        http = new ServiceHttp("training-service", url, PATIENCE);
    }

    /** @throws FaultException what the service refused */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return http.get(path);
    }

    /** @throws FaultException what the service refused */
    public JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return http.post(path, body);
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
        return http.post("/v1/files", "multipart/form-data; boundary=" + boundary, body)
                .path("id")
                .asText();
    }

    /** Follows a job's events, from its first to its end; what is given is each event's data. */
    public void follow(String job, Consumer<JsonNode> each) throws IOException, InterruptedException {
        String path = "/v1/fine_tuning/jobs/" + job + "/events?stream=true";
        try (var lines = new BufferedReader(
                new InputStreamReader(http.open(path, "text/event-stream"), StandardCharsets.UTF_8))) {
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
}
