package dev.graft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.contracts.EventJson;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Prompt-service over HTTP: its public API, as any client uses it. */
public final class PromptClient {
    private static final int OK = 200;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String url;

    /** @param url such as {@code http://127.0.0.1:8080} */
    public PromptClient(String url) {
        this.url = url;
    }

    /** Applies a file of templates; the answer says what was written. */
    public JsonNode apply(Path file) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/apply"))
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofFile(file))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw Refusal.PROBLEM_DETAILS.fault("prompt-service", response.statusCode(), response.body());
        }
        return Json.read(response.body());
    }

    /**
     * What a template declares its variables as, by their names: {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code list}.
     *
     * @throws FaultException where there is no such template
     */
    public Map<String, String> variableTypes(String template) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(url + "/v1/templates/" + inPath(template)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw Refusal.PROBLEM_DETAILS.fault("prompt-service", response.statusCode(), response.body());
        }
        Map<String, String> types = new LinkedHashMap<>();
        Json.read(response.body())
                .path("source")
                .path("variables")
                .properties()
                .forEach(variable -> types.put(
                        variable.getKey(), variable.getValue().path("type").asText()));
        return types;
    }

    /**
     * What the model would read of a template that is plain text.
     *
     * @throws FaultException what the service refused
     */
    public String text(String template, Map<String, JsonNode> variables) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/templates/" + inPath(template) + "/render"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(Map.of("variables", variables, "tokens", false))))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != OK) {
            throw Refusal.PROBLEM_DETAILS.fault("prompt-service", response.statusCode(), response.body());
        }
        return Json.read(response.body()).path("prompt").path("text").asText();
    }

    private static String inPath(String template) {
        return URLEncoder.encode(template, StandardCharsets.UTF_8).replace("%40", "@");
    }

    /**
     * Runs a template; pieces of the text go to {@code text} as they come. A label that was scored comes in one piece.
     *
     * @throws FaultException what the service refused, or why it failed
     */
    public PromptResult.Answered stream(String template, Map<String, JsonNode> variables, Consumer<String> text)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v1/templates/" + inPath(template) + "/run"))
                .header("Content-Type", "application/json")
                .header("Accept", "text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(Map.of("variables", variables, "stream", true))))
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != OK) {
                throw Refusal.PROBLEM_DETAILS.fault(
                        "prompt-service",
                        response.statusCode(),
                        new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
            return read(body, text);
        }
    }

    private static PromptResult.Answered read(InputStream body, Consumer<String> text) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        String event = "";
        StringBuilder data = new StringBuilder();
        boolean begun = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event:")) {
                event = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n")
                        .append(line.substring("data:".length()).stripLeading());
            } else if (line.isEmpty() && !data.isEmpty()) {
                switch (event) {
                    case "text" -> {
                        begun = true;
                        text.accept(piece(Json.read(data.toString())));
                    }
                    case "answered", "failed" -> {
                        PromptResult.Answered answered = answered(
                                EventJson.read(data.toString().getBytes(StandardCharsets.UTF_8), PromptResult.class));
                        if (!begun) {
                            text.accept(answered.text());
                        }
                        return answered;
                    }
                    default -> {} // an event of a newer service: not for us
                }
                data.setLength(0);
            }
        }
        throw new FaultException(
                Fault.internal("stream_ended", "the stream ended before the answer: see graft logs prompt-service"));
    }

    private static String piece(JsonNode data) {
        return data.isTextual() ? data.asText() : data.path("text").asText();
    }

    private static PromptResult.Answered answered(PromptResult result) {
        return switch (result) {
            case PromptResult.Answered answered -> answered;
            case PromptResult.Failed failed -> throw new FaultException(failed.fault());
        };
    }
}
