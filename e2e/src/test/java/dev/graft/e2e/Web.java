package dev.graft.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A client of one service over HTTP, as plain as can be. */
final class Web {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();

    private final String root;

    Web(String root) {
        this.root = root;
    }

    /**
     * @param status of HTTP
     * @param headers such as Retry-After
     * @param text the body
     */
    record Reply(int status, java.net.http.HttpHeaders headers, String text) {
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError("no JSON: " + status + " " + text, e);
            }
        }
    }

    Reply get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    Reply post(String path, Object body) throws IOException, InterruptedException {
        return postBytes(path, "application/json", JSON.writeValueAsBytes(body));
    }

    Reply postBytes(String path, String type, byte[] body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)));
    }

    /** The data of server-sent events, one element each, as they come; to be closed. */
    Stream<String> events(String path, Object body) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> reply = CLIENT.send(streaming(path, body), BodyHandlers.ofLines());
        if (reply.statusCode() != 200) {
            throw new AssertionError(reply.statusCode() + " " + reply.body().toList());
        }
        return reply.body()
                .filter(line -> line.startsWith("data:"))
                .map(line -> line.substring("data:".length()).strip());
    }

    /** A stream that nobody reads yet; to cancel it is to go away. */
    CompletableFuture<HttpResponse<InputStream>> open(String path, Object body) throws IOException {
        return CLIENT.sendAsync(streaming(path, body), BodyHandlers.ofInputStream());
    }

    /** The sum over all series of a meter that match; 0 where there is none yet. */
    double meter(String name, String... tags) throws IOException, InterruptedException {
        List<String> lines = get("/metrics").text().lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(tags).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpRequest streaming(String path, Object body) throws IOException {
        return request(path)
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + path)).timeout(PATIENCE);
    }

    private static Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
        return new Reply(reply.statusCode(), reply.headers(), new String(reply.body(), UTF_8));
    }
}
