package dev.graft.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.graft.cli.Json;
import dev.graft.cli.Progress;
import dev.graft.cli.PromptClient;
import dev.graft.cli.events.BatchFile;
import dev.graft.cli.stack.Stack;
import dev.graft.contracts.Fault;
import dev.graft.contracts.FaultException;
import dev.graft.contracts.PromptResult;
import dev.graft.contracts.Served;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft run}. */
@Command(
        name = "run",
        description = {
            "Run a template: once, printing the answer as it comes; or with --data over many rows, as events over Kafka."
        })
public final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TEMPLATE", description = "NAME, NAME@VERSION or NAME@LABEL.")
    String template = "";

    @Option(
            names = "--var",
            paramLabel = "NAME=VALUE",
            description = "A variable's value, as text; NAME:=JSON for numbers, lists and so on.")
    Map<String, String> variables = new LinkedHashMap<>();

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description =
                    "Run it for each row: CSV with a header, or JSON lines. A column id names the row and is no variable. "
                            + "Cells of variables that are no strings are JSON: 3, true, [\"a\", \"b\"].")
    Optional<Path> data = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "JSON lines with id, answer, valid, labels, template, served; or id and fault.")
    Optional<Path> out = Optional.empty();

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "32",
            description = "Rows under way at the same time. Default: ${DEFAULT-VALUE}.")
    int window;

    @Option(names = "--json", description = "Print the whole result as JSON instead of the text.")
    boolean json;

    @Override
    public Integer call() throws Exception {
        if (data.isPresent() != out.isPresent()) {
            throw new FaultException(Fault.input("missing_option", "--data, --out", "", "give both, or neither"));
        }
        Stack stack = StackOptions.running();
        return data.isPresent() ? batch(stack, data.get(), out.orElseThrow()) : once(stack);
    }

    private int once(Stack stack) throws Exception {
        PromptResult.Answered answered = new PromptClient(stack.prompt().url())
                .stream(template, values(), json ? piece -> {} : RunCommand::print);
        System.out.println(json ? Json.pretty(answered) : "");
        if (!json) {
            System.err.println("graft: " + origin(answered));
        }
        return 0;
    }

    /** What gave an answer: template and version, model, adapter and generation. */
    static String origin(PromptResult.Answered answered) {
        Served served = answered.served();
        return answered.template() + "@" + answered.version() + ", " + served.model()
                + (served.adapter().isEmpty() ? "" : ", " + served.adapter() + " generation " + served.generation());
    }

    private static void print(String piece) {
        System.out.print(piece);
        System.out.flush();
    }

    private int batch(Stack stack, Path rows, Path results) throws Exception {
        if (window < 1) {
            throw new FaultException(Fault.input("window", "--window", window, "must be at least 1"));
        }
        Map<String, String> types = new PromptClient(stack.prompt().url()).variableTypes(template);
        BatchFile.Summary summary;
        try (Progress.Task task = Progress.standard().begin("running " + template)) {
            summary =
                    new BatchFile(stack.bootstrapServers(), window, types).run(template, values(), rows, results, task);
            task.done(summary.answered() + " answered, " + summary.failed() + " failed, written to " + results);
        }
        if (json) {
            System.out.println(Json.pretty(summary));
        }
        return summary.failed() == 0 ? 0 : 1;
    }

    private Map<String, JsonNode> values() {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        variables.forEach((name, value) -> {
            if (name.endsWith(":")) {
                values.put(name.substring(0, name.length() - 1), json(name, value));
            } else {
                values.put(name, TextNode.valueOf(value));
            }
        });
        return values;
    }

    private static JsonNode json(String name, String value) {
        try {
            return Json.read(value);
        } catch (JsonProcessingException e) {
            throw new FaultException(Fault.input("not_json", "--var " + name, value, "must be JSON after :="), e);
        }
    }
}
