package dev.graft.training.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.graft.contracts.TrainingRecipe;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code /openapi} says of a job's body, against what the service takes. */
@QuarkusTest
@QuarkusTestResource(TrainingHome.class)
class EachParameterIsDescribedTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOBS = "/v1/fine_tuning/jobs";

    /** What OpenAI calls them. */
    private static final Map<String, String> RENAMED = Map.of("batch_examples", "batch_size", "epochs", "n_epochs");

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Test
    void theBodyOfAJobAndOfAQuestionAboutDataAreKnown() throws IOException, InterruptedException {
        JsonNode paths = openapi().path("paths");

        assertThat(schema(paths.path(JOBS))).isEqualTo("#/components/schemas/CreateJob");
        assertThat(schema(paths.path("/v1/files/{id}/report"))).isEqualTo("#/components/schemas/AskAboutData");
    }

    @Test
    void eachFieldOfARecipeIsAHyperparameter() throws IOException, InterruptedException {
        Set<String> expected = new HashSet<>(Set.of("learning_rate_multiplier"));
        Arrays.stream(TrainingRecipe.class.getRecordComponents())
                .map(component -> new PropertyNamingStrategies.SnakeCaseStrategy().translate(component.getName()))
                .map(name -> RENAMED.getOrDefault(name, name))
                .filter(name -> !name.equals("seed"))
                .forEach(expected::add);
        Set<String> described = new HashSet<>();
        hyperparameters().fieldNames().forEachRemaining(described::add);

        assertThat(described).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void eachExampleIsTaken() throws IOException, InterruptedException {
        for (Map.Entry<String, JsonNode> parameter : hyperparameters().properties()) {
            JsonNode example = parameter.getValue().path("examples").path(0);
            var body = JSON.createObjectNode()
                    .put("model", "SmolLM2-135M-Instruct.Q4_1")
                    .put("training_file", "file-none");
            body.putObject("hyperparameters").set(parameter.getKey(), example);

            JsonNode error = post(JOBS, body.toString()).path("error");

            assertThat(error.path("code").asText())
                    .as(parameter.getKey() + " " + example + ": " + error)
                    .isEqualTo("file_not_found");
        }
    }

    private JsonNode hyperparameters() throws IOException, InterruptedException {
        return openapi()
                .path("components")
                .path("schemas")
                .path("Hyperparameters")
                .path("properties");
    }

    private static String schema(JsonNode path) {
        return path.path("post")
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema")
                .path("$ref")
                .asText();
    }

    private JsonNode openapi() throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve("/openapi?format=json")));
    }

    private JsonNode post(String path, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return JSON.readTree(http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .body());
        }
    }
}
