package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.FaultKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
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
    private static final Duration AWAY_AT_MOST = Duration.ofMinutes(2);
    private static final long RETRY_MS = 500;
    private static final String ID = "id: ";
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

    /**
     * Follows a job's events, from its first to its end, over restarts of the service; what is given is each event's data, once.
     *
     * @throws FaultException {@code stream_ended} where the service stays away for two minutes
     */
    public void follow(String job, Consumer<JsonNode> each) throws IOException, InterruptedException {
        var following = new Following(job, each);
        while (!following.toTheEnd()) {
            if (System.nanoTime() - following.heard > AWAY_AT_MOST.toNanos()) {
                throw new FaultException(Fault.internal(
                        "stream_ended", "the job goes on, but its events ended: see graft jobs show " + job));
            }
            Thread.sleep(RETRY_MS);
        }
    }

    /** One who follows: knows what was the last it heard, and goes on behind that. */
    private final class Following {
        private final String path;
        private final Consumer<JsonNode> each;
        private String last = "";
        private long heard = System.nanoTime();

        Following(String job, Consumer<JsonNode> each) {
            path = "/v1/fine_tuning/jobs/" + job + "/events?stream=true";
            this.each = each;
        }

        /** Follows as long as the stream lasts; whether the job's end was reached. */
        boolean toTheEnd() throws IOException, InterruptedException {
            try (var lines = new BufferedReader(new InputStreamReader(open(), StandardCharsets.UTF_8))) {
                String id = last;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    heard = System.nanoTime();
                    if (line.equals(DATA + DONE)) {
                        return true;
                    }
                    if (line.startsWith(ID)) {
                        id = line.substring(ID.length());
                    } else if (line.startsWith(DATA)) {
                        JsonNode event =
                                Json.read(line.substring(DATA.length())).path("data");
                        last = id;
                        each.accept(event);
                    }
                }
            } catch (FaultException e) {
                if (last.isEmpty() || !passing(e.fault())) {
                    throw e;
                }
            } catch (IOException e) {
                if (last.isEmpty()) {
                    throw e;
                }
            }
            return false;
        }

        private InputStream open() throws IOException, InterruptedException {
            return last.isEmpty()
                    ? http.open(path, "Accept", "text/event-stream")
                    : http.open(path, "Accept", "text/event-stream", "Last-Event-ID", last);
        }
    }

    /** A service that has just started does not know all jobs yet. */
    private static boolean passing(Fault fault) {
        return fault.kind() != FaultKind.INPUT || fault.code().equals("job_not_found");
    }
}
