package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
            throw Refusal.OPENAI.fault(
                    service, response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(patience);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw Refusal.OPENAI.fault(service, response.statusCode(), response.body());
        }
        return Json.read(response.body());
    }
}
