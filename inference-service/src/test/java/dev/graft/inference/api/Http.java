package dev.graft.inference.api;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.inference.admission.Inference;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;

/** A client as plain as can be, of a service that is ready. */
final class Http {
    static final ObjectMapper JSON = new ObjectMapper();
    /** SmolLM2's two tokens that end an answer, never drawn. */
    static final String NEVER_ENDING = "\"logit_bias\": {\"0\": -100, \"2\": -100}";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;

    Http(URI base, Inference inference) {
        this.base = base;
        await().atMost(PATIENCE).until(inference::ready);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(request(path).GET().build(), BodyHandlers.ofString());
    }

    byte[] bytes(String path) throws IOException, InterruptedException {
        return CLIENT.send(request(path).GET().build(), BodyHandlers.ofByteArray())
                .body();
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(posted(path, body).build(), BodyHandlers.ofString());
    }

    JsonNode json(String path, String body) throws IOException, InterruptedException {
        return JSON.readTree(post(path, body).body());
    }

    /** Comes back with the response's head; to close the body is to go away. */
    HttpResponse<InputStream> open(String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(posted(path, body).build(), BodyHandlers.ofInputStream());
    }

    /** An answer of so many tokens, without end by itself. */
    static String writing(int tokens, String more) {
        return "{\"prompt\": \"Once upon a time\", \"temperature\": 0, \"max_tokens\": " + tokens + ", " + NEVER_ENDING
                + more + "}";
    }

    /** The sum over all series of a meter that match; 0 where there is none yet. */
    double meter(String name, String... tags) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(tags).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    HttpRequest.Builder posted(String path, String body) {
        return request(path).POST(BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
    }
}
