package dev.graft.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.inference.admission.Inference;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

@QuarkusTest
class EachRouteIsDescribedTest {
    /** Quarkus's own, which describe themselves or are no API. */
    private static final List<String> FOREIGN = List.of("/q/", "/health", "/metrics", "/openapi");

    @Inject
    @SuppressWarnings("NullAway.Init")
    Router router;

    @Inject
    @SuppressWarnings("NullAway.Init")
    Inference inference;

    @TestHTTPResource("/")
    URI base = URI.create("http://unset");

    @Test
    void openApiDescribesWhatIsRegisteredAndNothingElse() throws Exception {
        var registered = new TreeSet<String>();
        for (Route route : router.getRoutes()) {
            if (route.getPath() != null
                    && route.methods() != null
                    && FOREIGN.stream().noneMatch(route.getPath()::startsWith)) {
                for (HttpMethod method : route.methods()) {
                    registered.add(method.name() + " " + route.getPath().replaceAll(":(\\w+)", "{$1}"));
                }
            }
        }
        var described = new TreeSet<String>();
        description()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(
                                method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        described.removeIf(path -> FOREIGN.stream().anyMatch(path.substring(path.indexOf(' ') + 1)::startsWith));

        assertThat(described).contains("POST /v1/completions").isEqualTo(registered);
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryEngineCallTellsItsRefusals() throws Exception {
        JsonNode description = description();
        for (JsonNode reference : description.findValues("$ref")) {
            assertThat(description.at(reference.asText().substring(1)).isMissingNode())
                    .as(reference.asText())
                    .isFalse();
        }
        for (String path : List.of("/v1/chat/completions", "/v1/completions", "/v1/classify", "/v1/embeddings")) {
            JsonNode responses =
                    description.path("paths").path(path).path("post").path("responses");
            assertThat(responses.fieldNames()).toIterable().contains("200", "400", "408", "413", "429", "503");
        }
        assertThat(description
                        .at("/paths/~1v1~1chat~1completions/post/responses/200/content")
                        .has("text/event-stream"))
                .isTrue();
    }

    private JsonNode description() throws Exception {
        return Http.JSON.readTree(
                new Http(base, inference).get("/openapi?format=json").body());
    }
}
