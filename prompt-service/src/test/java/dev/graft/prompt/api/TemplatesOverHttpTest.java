package dev.graft.prompt.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import dev.graft.prompt.settings.Database;
import dev.graft.prompt.stack.StackResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class TemplatesOverHttpTest {
    @Inject
    Database database;

    @Test
    void aTemplateIsWrittenOnceAndVersionedWhenItChanges() {
        write(template("versioned", "one"))
                .statusCode(201)
                .body("version", equalTo(1))
                .body("created", equalTo(true));
        write(template("versioned", "one"))
                .statusCode(200)
                .body("version", equalTo(1))
                .body("created", equalTo(false));
        write(template("versioned", "two")).statusCode(201).body("version", equalTo(2));
        write(template("versioned", "one")).statusCode(201).body("version", equalTo(3));

        given().get("/v1/templates/versioned@1")
                .then()
                .statusCode(200)
                .body("source.prompt", equalTo("one {{ text }}"));
        given().get("/v1/templates/versioned/versions").then().body("version", contains(3, 2, 1));
        given().get("/v1/templates").then().body("name", hasItem("versioned"));
    }

    @Test
    void aWrittenVersionCannotBeChangedEvenInTheDatabase() {
        write(template("immutable", "one"));

        assertThatThrownBy(() -> database.transaction(connection -> connection
                        .prepareStatement("update template_version set source = '{}' where name = 'immutable'")
                        .executeUpdate()))
                .hasMessageContaining("never changed");
    }

    @Test
    void whatIsCommittedIsOnTheDisk() {
        assertThat(database.<String>read(connection -> {
                    try (var rows = connection.createStatement().executeQuery("show fsync")) {
                        rows.next();
                        return rows.getString(1);
                    }
                }))
                .isEqualTo("on");
    }

    @Test
    void labelsMoveAndABareNameMeansProductionOrElseTheNewest() {
        write(template("labelled", "one"));
        write(template("labelled", "two"));
        given().get("/v1/templates/labelled").then().body("version", equalTo(2));

        point("labelled", "production", 1).statusCode(200).body("labels.production", equalTo(1));
        given().get("/v1/templates/labelled").then().body("version", equalTo(1)).body("labels", contains("production"));
        point("labelled", "production", 2).statusCode(200);
        given().get("/v1/templates/labelled@production").then().body("version", equalTo(2));

        point("labelled", "production", 9).statusCode(404).body("code", equalTo("template_not_found"));
        point("labelled", "Bad Label", 1).statusCode(400).body("code", equalTo("name_invalid"));
        given().delete("/v1/templates/labelled/labels/production").then().statusCode(200);
        given().delete("/v1/templates/labelled/labels/production").then().statusCode(404);
    }

    @Test
    void twoVersionsAreComparedFieldByFieldAndLineByLine() {
        write(template("compared", "one"));
        write(template("compared", "two"));

        given().get("/v1/templates/compared/diff?from=1&to=2")
                .then()
                .statusCode(200)
                .body("changes.field", contains("prompt"))
                .body("changes[0].before", equalTo("\"one {{ text }}\""))
                .body("text", containsString("-prompt: \"one {{ text }}\""))
                .body("text", containsString("+prompt: \"two {{ text }}\""))
                .body("text", containsString(" name: compared"));
        given().get("/v1/templates/compared/diff?from=1").then().statusCode(400).body("field", equalTo("to"));
    }

    @Test
    void aFileIsAppliedOnceAndAgainChangesNothing() throws Exception {
        byte[] file = Files.readAllBytes(Path.of("../examples/reviews.yaml"));

        apply(file)
                .statusCode(200)
                .body(
                        "templates.name",
                        contains("reviews-zero-shot", "reviews-plain", "reviews-few-shot", "reviews-chat"))
                .body("templates.created", contains(true, true, true, true))
                .body("templates[0].moved", contains("production"));
        apply(file)
                .statusCode(200)
                .body("templates.created", contains(false, false, false, false))
                .body("templates.version", contains(1, 1, 1, 1))
                .body("templates[0].moved", org.hamcrest.Matchers.empty());
    }

    @Test
    void aFileWithOneWrongTemplateChangesNothing() {
        apply("""
                templates:
                  - {name: right, prompt: a, output: {type: text}}
                  - {name: wrong, prompt: "{{ nothing }}", output: {type: text}}
                """.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .statusCode(422)
                .body("code", equalTo("variable_undefined"))
                .body("value", equalTo("nothing"));

        given().get("/v1/templates/right").then().statusCode(404);
    }

    @Test
    void writersAtTheSameTimeGetVersionsWithoutGapsOrDoubles() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> writers = IntStream.rangeClosed(1, 12)
                    .<Callable<Integer>>mapToObj(i -> () ->
                            write(template("raced", "number " + i)).extract().path("version"))
                    .toList();
            List<Integer> versions = threads.invokeAll(writers).stream()
                    .map(java.util.concurrent.Future::resultNow)
                    .toList();

            assertThat(versions).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        }
    }

    @Test
    void aTemplateIsRenderedWithoutTheModelWhenNoTokensAreAskedFor() {
        write(template("rendered", "say"));

        given().contentType("application/json")
                .body("{\"variables\": {\"text\": \"{{ hi }}\"}, \"tokens\": false}")
                .post("/v1/templates/rendered/render")
                .then()
                .statusCode(200)
                .body("prompt.text", equalTo("say {{ hi }}"));
        given().contentType("application/json")
                .body("{\"variables\": {\"text\": \"hi\"}}")
                .post("/v1/templates/rendered/render")
                .then()
                .statusCode(503)
                .contentType("application/problem+json")
                .body("code", equalTo("inference_unavailable"));
    }

    @Test
    void errorsAreProblemDetailsThatNameFieldAndRemedy() {
        given().contentType("application/json")
                .body("{")
                .post("/v1/templates")
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed"));
        write("{\"name\": \"x\", \"promt\": \"y\", \"output\": {\"type\": \"text\"}}")
                .statusCode(400)
                .body("field", containsString("promt"));
        given().contentType("application/json")
                .body("{\"variables\": {}}")
                .post("/v1/templates/none/run")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("status", equalTo(404))
                .body("detail", containsString("/v1/templates"));
        write(template("asked", "say"));
        given().contentType("application/json")
                .body("{}")
                .post("/v1/templates/asked/run")
                .then()
                .statusCode(422)
                .body("code", equalTo("variable_missing"))
                .body("field", equalTo("variables.text"));
    }

    private static String template(String name, String word) {
        return """
                {"name": "%s", "prompt": "%s {{ text }}", "variables": {"text": {"type": "string"}}, "output": {"type": "text"}}
                """.formatted(name, word);
    }

    private static ValidatableResponse write(String json) {
        return given().contentType("application/json")
                .body(json)
                .post("/v1/templates")
                .then();
    }

    private static ValidatableResponse point(String name, String label, int version) {
        return given().contentType("application/json")
                .body("{\"version\": " + version + "}")
                .put("/v1/templates/{name}/labels/{label}", name, label)
                .then();
    }

    private static ValidatableResponse apply(byte[] yaml) {
        return given().contentType("application/yaml")
                .body(yaml)
                .post("/v1/apply")
                .then();
    }
}
