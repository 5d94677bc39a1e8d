package dev.graft.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The command line on a stack that runs: what a person types in the first ten minutes. */
@ExtendWith(RunningStack.Parameter.class)
class EachCommandDoesItsPartTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void theDemoMeasuresEachTemplateTrainsOnOtherReviewsAndHasAdaptersInOneBatch(RunningStack stack) throws Exception {
        Path report = folder.resolve("demo.json");
        Command.Ended demo = Command.in(stack.home()).run("demo", "--minutes", "2", "--json", report.toString());

        assertThat(demo.code()).as(demo.err()).isZero();
        assertThat(demo.out())
                .contains("Customer: What's the price of Product A?")
                .contains("demo-a@1");
        JsonNode told = Web.JSON.readTree(report.toFile());
        assertThat(told.path("cases").asInt()).isEqualTo(300);
        assertThat(told.path("rows")).hasSize(6).allSatisfy(row -> {
            double accuracy = row.path("accuracy").asDouble();
            assertThat(accuracy)
                    .isBetween(row.path("low").asDouble(), row.path("high").asDouble());
            assertThat(row.path("callsPerSecond").asDouble()).isPositive();
        });
        assertThat(told.path("answer").asText()).isNotBlank();
        JsonNode training = told.path("training");
        assertThat(training.path("examples").asInt()).isGreaterThan(1400);
        assertThat(training.path("after").path("accuracy").path("low").asDouble())
                .as("trained on the same question, it answers better: %s", training)
                .isGreaterThan(
                        training.path("before").path("accuracy").path("high").asDouble());
        assertThat(training.path("difference").path("p").asDouble()).isLessThan(0.001);
        assertThat(live(stack))
                .as("the trained one stays, the others are retired")
                .contains("demo-reviews")
                .doesNotContain("demo-a", "demo-b", "demo-c");
    }

    @Test
    void aFileOfTypedCellsIsRunRowByRow(RunningStack stack) throws Exception {
        Path template = write("templates.yaml", """
                templates:
                  - name: shelf
                    labels: [production]
                    prompt: "{% for size in sizes %}{{ size + extra }} {% endfor %}{{ word }}"
                    variables:
                      sizes: {type: list}
                      extra: {type: integer, default: 1}
                      word: {type: string}
                    output: {type: text, sampling: {maxTokens: 4, temperature: 0}}
                """);
        Path rows = write("rows.csv", """
                id,sizes,extra,word
                first,"[1, 2]",3,12
                second,[5],,none
                third,many,1,wrong
                """);
        Path out = folder.resolve("answers.jsonl");
        Command graft = Command.in(stack.home());

        assertThat(graft.run("apply", "-f", template.toString()).code()).isZero();
        Command.Ended run = graft.run("run", "shelf", "--data", rows.toString(), "--out", out.toString(), "--json");

        assertThat(run.code()).as("one row is refused").isEqualTo(1);
        assertThat(run.json().path("answered").asInt()).isEqualTo(2);
        List<String> lines = Files.readAllLines(out);
        assertThat(lines).hasSize(3);
        assertThat(lines.stream().filter(line -> line.contains("\"third\"")).findFirst())
                .hasValueSatisfying(
                        line -> assertThat(line).contains("variables.sizes").contains("a list of strings"));
    }

    @Test
    void oneRunIsStreamedAndSaysWhatAnswered(RunningStack stack) throws Exception {
        Command graft = Command.in(stack.home());
        Path template = write("one.yaml", """
                templates:
                  - name: greeting
                    labels: [production]
                    prompt: "Hello, {{ name }}"
                    variables: {name: {type: string}}
                    output: {type: text, sampling: {maxTokens: 8, temperature: 0}}
                """);
        assertThat(graft.run("apply", "-f", template.toString()).code()).isZero();
        assertThat(graft.run("apply", "-f", template.toString()).out()).contains("unchanged");

        Command.Ended run = graft.run("run", "greeting", "--var", "name=Ada");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isNotBlank();
        assertThat(run.err()).contains("greeting@1, " + RunningStack.MODEL);

        Command.Ended refused = graft.run("run", "greeting", "--var", "nome=Ada");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("nome");
    }

    @Test
    void statusLogsModelsAndDoctorTellWhatIsThere(RunningStack stack) throws Exception {
        Command graft = Command.in(stack.home());

        Command.Ended status = graft.run("status", "--json");
        assertThat(status.code()).as(status.out()).isZero();
        assertThat(status.json().path("processes").findValuesAsText("name"))
                .contains("broker", "inference-service", "prompt-service");
        assertThat(status.json().path("processes").findValuesAsText("state")).containsOnly("ready");

        assertThat(graft.run("up").err()).contains("it runs already");
        assertThat(graft.run("logs", "prompt-service", "-n", "5").out().lines()).hasSize(5);
        assertThat(graft.run("logs", "nobody").err()).contains("nobody");
        assertThat(graft.run("model", "list", "--json").out())
                .contains(RunningStack.MODEL)
                .contains("vocabulary");
        assertThat(graft.run("doctor", "--json").json().path("findings").findValuesAsText("name"))
                .contains("Java", "python3", "pip, venv", "disk", "model", "ports");
    }

    @Test
    void aFileThatIsNoModelIsNotAdded(RunningStack stack) throws Exception {
        Command.Ended add = Command.in(stack.home())
                .run("model", "add", write("no.gguf", "GGUF, but not really").toString());
        assertThat(add.code()).isEqualTo(2);
        assertThat(add.err()).contains("no.gguf");
    }

    private static List<String> live(RunningStack stack) throws Exception {
        List<String> names = new ArrayList<>();
        for (JsonNode adapter : stack.inference().get("/v1/adapters").json().path("data")) {
            if (adapter.path("generations").findValuesAsText("state").contains("live")) {
                names.add(adapter.path("name").asText());
            }
        }
        return names;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
